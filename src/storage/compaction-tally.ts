/** What compaction has kept and removed of records, where markers of transactions do not count, and what that took. */
export class CompactionTally {
  kept = 0
  removed = 0
  /** Those of `removed` that only said that their keys are gone. */
  tombstonesRemoved = 0
  /** Read and written so far. */
  bytes = 0
}
