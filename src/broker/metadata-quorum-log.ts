import type { SnapshotId } from '../quorum/effects.js'
import type { LoggedVoters, QuorumLog } from '../quorum/quorum.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { listSnapshots } from './metadata-snapshot.js'
import { VoterHistory } from './voter-history.js'

/** The log of the metadata, as elections see it. */
export class MetadataQuorumLog implements QuorumLog {
  readonly history: VoterHistory

  constructor(
    readonly disk: Disk,
    readonly log: PartitionLog,
  ) {
    this.history = new VoterHistory(disk, log)
  }

  get voters(): LoggedVoters | null {
    return this.history.voters
  }

  get kraftVersion(): number {
    return this.history.kraftVersion
  }

  get startOffset(): number {
    return this.log.logStartOffset
  }

  get endOffset(): number {
    return this.log.writtenEndOffset
  }

  get lastEpoch(): number {
    const { latestEpoch } = this.log.leaderEpochs
    return latestEpoch >= 0 ? latestEpoch : (this.latestSnapshot?.epoch ?? 0)
  }

  get highWatermark(): number {
    return this.log.highWatermark
  }

  get latestSnapshot(): SnapshotId | null {
    return listSnapshots(this.disk, this.log.directory).at(-1) ?? null
  }

  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    const found = this.log.endOffsetForEpoch(epoch)
    if (found.epoch >= 0) return found
    const snapshot = this.latestSnapshot
    // A log that begins with a snapshot knows the epoch that ended there.
    const isStart = snapshot !== null && snapshot.endOffset === this.log.logStartOffset && snapshot.epoch <= epoch
    return isStart ? snapshot : { epoch: -1, endOffset: -1 }
  }
}
