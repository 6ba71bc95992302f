import type { Clock } from '../base/clock.js'
import { ErrorCode } from '../protocol/errors.js'
import { topicNameProblem } from '../protocol/topic-name.js'
import { BATCH_OVERHEAD_BYTES, RecordBatch } from '../records/batch.js'
import { BATCH_LENGTH, LENGTH_PREFIX_BYTES, MAGIC } from '../records/layout.js'
import { LostSequences } from '../storage/lost-sequences.js'
import type { Connection } from './handler.js'
import type { ProduceEntry } from './produce-entry.js'

/** Of one connection: a client may fill this as it likes. */
const PRODUCERS_MAX = 100
/** Whatever was under way then has come, or will not: it is more than clients wait. */
const KEPT_MS = 300_000

/** What speaks of the place and the moment, and not of the batch: producers send the same one again. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.KAFKA_STORAGE_ERROR,
])

/**
 * Producers have several batches under way at a time. Where the first ones were refused, and this broker comes to lead before it
 * has seen the others, one from the middle would be the first that its log hears of the producer, and be taken. So the connection
 * remembers: the others are out of order, which producers know to come of the first.
 */
export class RefusedBatches {
  readonly #byConnection = new WeakMap<Connection, { readonly lost: LostSequences; readonly untilMs: number }>()

  constructor(readonly clock: Clock) {}

  refused(entry: ProduceEntry, connection: Connection): void {
    const { records, failure, topic } = entry
    if (failure === null || !PASSING.has(failure.error)) return
    if (topic !== '' && topicNameProblem(topic) !== null) return
    const batch = batchIn(records)
    if (batch === null || !batch.hasProducerId) return
    const lost = this.#of(connection) ?? new LostSequences(PRODUCERS_MAX)
    lost.lose(batch, placeOf(entry))
    this.#byConnection.set(connection, { lost, untilMs: this.clock.monotonicMs() + KEPT_MS })
  }

  appended(entry: ProduceEntry, connection: Connection): void {
    this.#of(connection)?.found(new RecordBatch(entry.records!), placeOf(entry))
  }

  /** Whether an earlier batch is still to come again, to a log that knows nothing of the producer. */
  isAfterRefused(entry: ProduceEntry, connection: Connection): boolean {
    const lost = this.#of(connection)
    if (lost === null) return false
    const batch = new RecordBatch(entry.records!)
    return lost.isAfterLost(batch, placeOf(entry)) && entry.partition!.log.producers.find(batch.producerId) === null
  }

  #of(connection: Connection): LostSequences | null {
    const known = this.#byConnection.get(connection)
    return known !== undefined && this.clock.monotonicMs() < known.untilMs ? known.lost : null
  }
}

/** Null where there is none: what is sent to a topic that is not known has not been looked at. */
function batchIn(records: Buffer | null): RecordBatch | null {
  if (records === null || records.length < BATCH_OVERHEAD_BYTES || records[MAGIC] !== 2) return null
  return records.readInt32BE(BATCH_LENGTH) === records.length - LENGTH_PREFIX_BYTES ? new RecordBatch(records) : null
}

/** As the client names it: in all of its requests alike. */
function placeOf({ topicId, topic, index }: ProduceEntry): string {
  return `${topicId} ${topic} ${index}`
}
