/** What compaction has kept and removed of records; markers of transactions do not count. */
export class CompactionTally {
  kept = 0
  removed = 0
  /** Those of `removed` that only said that their keys are gone. */
  tombstonesRemoved = 0
}
