import { MalformedBytes } from '../../bytes/malformed.js'
import { NO_PRODUCER_ID, RecordBatch, type RecordHeader, type TimestampType } from '../../records/batch.js'
import { controlRecordOf } from '../../records/control.js'
import { entriesIn, type LegacyBatch } from '../../records/legacy.js'
import { ClientError } from '../kafka-error.js'
import { partitionName, type TopicPartition } from '../topic-partition.js'

/** A record as a consumer gets it. Key, value and headers are views of what was fetched. */
export interface ConsumedRecord extends TopicPartition {
  readonly offset: number
  /** Milliseconds since 1970; -1 for none. */
  readonly timestamp: number
  /** Null for records of the oldest format, which have no time. */
  readonly timestampType: TimestampType | null
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

export interface ChunkSource extends TopicPartition {
  /** Whole batches, the first of which may begin earlier than wanted; a last one may be cut short. */
  readonly bytes: Buffer
  readonly fromOffset: number
  /** Leaves out what transactions wrote that were aborted; null reads everything. */
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[] | null
  readonly checksCrcs: boolean
}

/** What one fetch brought of one partition, unpacked while it is read. */
export class FetchedChunk {
  readonly #source: ChunkSource
  /** The offset to go on from: grows while the records are read. */
  position: number
  /** Of the last record read; -1 before the first. */
  leaderEpoch = -1
  #isRevoked = false

  constructor(source: ChunkSource) {
    this.#source = source
    this.position = source.fromOffset
  }

  get topic(): string {
    return this.#source.topic
  }

  get partition(): number {
    return this.#source.partition
  }

  /** The position after everything here, without reading it. @throws ClientError */
  endPosition(): number {
    let end = this.#source.fromOffset
    for (const entry of this.#entries()) end = Math.max(end, entry.nextOffset)
    return end
  }

  /** Whoever is reading gets no more of it. */
  revoke(): void {
    this.#isRevoked = true
  }

  /** @throws ClientError where the bytes are damaged: the position stays before the damage. */
  *records(): Generator<ConsumedRecord, void, undefined> {
    const aborted = new AbortedTransactions(this.#source.aborted ?? [])
    for (const entry of this.#entries()) {
      if (this.#source.checksCrcs && !entry.isCrcValid()) throw this.#invalid(entry)
      if (!(entry instanceof RecordBatch)) yield* this.#recordsOf(entry)
      else if (!aborted.hides(entry) && !entry.isControl) yield* this.#recordsOf(entry)
      if (this.#isRevoked) return
      this.position = Math.max(this.position, entry.nextOffset)
    }
  }

  *#recordsOf(entry: RecordBatch | LegacyBatch): Generator<ConsumedRecord, void, undefined> {
    const { topic, partition } = this.#source
    const { timestampType } = entry
    this.leaderEpoch = entry instanceof RecordBatch ? entry.partitionLeaderEpoch : -1
    for (const { offset, timestamp, key, value, headers } of this.#readable(() => entry.records())) {
      if (offset < this.position) continue
      if (this.#isRevoked) return
      this.position = offset + 1
      yield { topic, partition, offset, timestamp, timestampType, key, value, headers }
    }
  }

  *#entries(): Generator<RecordBatch | LegacyBatch, void, undefined> {
    yield* this.#readable(() => entriesIn(this.#source.bytes))
  }

  *#readable<T>(read: () => Iterable<T>): Generator<T, void, undefined> {
    try {
      yield* read()
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      throw new ClientError(
        `Received exception when fetching the next record from ${partitionName(this.#source)}. If needed, please seek past the record to continue consumption.`,
        { cause: error },
      )
    }
  }

  #invalid(entry: RecordBatch | LegacyBatch): ClientError {
    return new ClientError(
      `Record batch for partition ${partitionName(this.#source)} at offset ${entry.baseOffset} is invalid, cause: Record is corrupt (stored crc = ${entry.crc})`,
    )
  }
}

/** Which batches belong to transactions that were aborted, as they are met in the order of the log. */
class AbortedTransactions {
  readonly #coming: { readonly producerId: bigint; readonly firstOffset: number }[]
  readonly #open = new Set<bigint>()

  constructor(aborted: NonNullable<ChunkSource['aborted']>) {
    this.#coming = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** An abort marker ends the transaction that it belongs to. */
  hides(batch: RecordBatch): boolean {
    if (batch.producerId === NO_PRODUCER_ID) return false
    while (this.#coming.length > 0 && this.#coming[0]!.firstOffset <= batch.lastOffset) {
      this.#open.add(this.#coming.shift()!.producerId)
    }
    if (!batch.isControl) return batch.isTransactional && this.#open.has(batch.producerId)
    if (controlRecordOf(batch)?.type === 'ABORT') this.#open.delete(batch.producerId)
    return true
  }
}
