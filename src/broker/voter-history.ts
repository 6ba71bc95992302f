import { MalformedBytes } from '../bytes/malformed.js'
import type { LoggedVoters } from '../quorum/quorum.js'
import { VoterSet } from '../quorum/voter-set.js'
import { batchesIn, type RecordBatch } from '../records/batch.js'
import { controlRecordsOf, type KRaftControlRecord } from '../records/control.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { listSnapshots, readSnapshotFile } from './metadata-snapshot.js'
import { voterOf, voterRecords } from './voter-records.js'

const READ_BYTES = 1024 * 1024

interface LoggedVersion {
  readonly level: number
  readonly offset: number
}

/** What the metadata log says of the voters, from its newest snapshot on, committed or not (KIP-853). */
export class VoterHistory {
  #voters: LoggedVoters[] = []
  #versions: LoggedVersion[] = []
  #endOffset = 0

  /** Reads what lies there. */
  constructor(
    readonly disk: Disk,
    readonly log: PartitionLog,
  ) {
    this.reload()
  }

  /** Null where nothing is said: the voters are configured then. */
  get voters(): LoggedVoters | null {
    return this.#voters.at(-1) ?? null
  }

  get kraftVersion(): number {
    return this.#versions.at(-1)?.level ?? 0
  }

  /** What a snapshot of everything up to that offset, the record there included, has to say; nothing where voters are configured. */
  recordsAt(offset: number): KRaftControlRecord[] {
    const version = this.#versions.findLast((one) => one.offset <= offset)
    const voters = this.#voters.findLast((one) => one.offset <= offset)
    return version === undefined || version.level === 0 ? [] : voterRecords(version.level, voters?.voters ?? null)
  }

  /** The log has got what is in these batches, which carry their offsets. */
  appended(batches: Buffer): void {
    for (const batch of batchesIn(batches)) {
      if (batch.baseOffset < this.#endOffset || batch.nextOffset > this.log.writtenEndOffset) continue
      this.#take(batch, null)
      this.#endOffset = batch.nextOffset
    }
  }

  /** The log ends there now. */
  truncated(endOffset: number): void {
    this.#voters = this.#voters.filter(({ offset }) => offset < endOffset)
    this.#versions = this.#versions.filter(({ offset }) => offset < endOffset)
    this.#endOffset = Math.min(this.#endOffset, endOffset)
  }

  /** The log is another one. */
  reload(): void {
    this.#voters = []
    this.#versions = []
    this.#endOffset = this.#readSnapshot()
    while (this.#endOffset < this.log.writtenEndOffset) {
      const endOffset = this.log.writtenEndOffset
      const read = this.log.read(this.#endOffset, READ_BYTES, { endOffset, minOneBatch: true })
      const before = this.#endOffset
      this.appended(Buffer.concat(read.chunks))
      read.release()
      this.#endOffset = Math.max(this.#endOffset, read.nextOffset)
      if (this.#endOffset <= before) return
    }
  }

  /** @returns where the newest snapshot that is whole ends. */
  #readSnapshot(): number {
    const { disk, log } = this
    for (const id of listSnapshots(disk, log.directory).reverse()) {
      try {
        const batches = [...batchesIn(readSnapshotFile(disk, log.directory, id) ?? Buffer.alloc(0))]
        for (const batch of batches) this.#take(batch, id.endOffset - 1)
        return id.endOffset
      } catch (error) {
        if (!(error instanceof MalformedBytes)) throw error
        this.#voters = []
        this.#versions = []
      }
    }
    return log.logStartOffset
  }

  /** @param place where everything of a snapshot is; null in a log, where each record has its own. @throws MalformedBytes */
  #take(batch: RecordBatch, place: number | null): void {
    if (!batch.isControl) return
    for (const { record, offset } of controlRecordsOf(batch)) {
      const at = place ?? offset
      if (record.type === 'KRAFT_VERSION') this.#versions.push({ level: record.kRaftVersion, offset: at })
      if (record.type === 'KRAFT_VOTERS')
        this.#voters.push({ voters: VoterSet.of(record.voters.map(voterOf)), offset: at })
    }
  }
}
