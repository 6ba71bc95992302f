import { ErrorCode } from '../protocol/errors.js'
import type { Produce } from '../protocol/messages/produce.js'
import type { ReadRequest } from '../protocol/schema.js'
import { ATTRIBUTES, CODEC_MASK } from '../records/layout.js'
import { validateProduced } from '../records/validate.js'
import type { RequestContext } from './handler.js'
import { LeaderHints } from './leader-hints.js'
import { ACKS_ALL } from './partition.js'
import { areAcksKnown, checkProduce } from './produce-check.js'
import { type ProduceAnswer, type ProduceEntry, produceAnswer, produceEntries } from './produce-entry.js'
import { produceRules } from './produce-rules.js'
import { admitTransactions, refusesTransaction } from './produce-transaction.js'
import { waitUntil } from './waiting.js'

/** Errors of the log itself that tell nothing of where it starts. */
const LOG_NOT_TOLD: ReadonlySet<ErrorCode> = new Set([ErrorCode.RECORD_LIST_TOO_LARGE, ErrorCode.KAFKA_STORAGE_ERROR])

/** A request with fewer partitions takes no longer than a turn. */
const ENTRIES_UNASKED = 256

/** One Produce request, from its batches to its answer. */
export class ProduceRun {
  readonly #entries: ProduceEntry[]

  constructor(
    readonly request: ReadRequest<typeof Produce>,
    readonly context: RequestContext,
  ) {
    this.#entries = produceEntries(request)
  }

  /**
   * Appends at once, so that requests are in the log in the order in which they came, unless a transaction begins and its
   * coordinator is to be asked; resolves when all is acknowledged.
   */
  answer(): Promise<ProduceAnswer | 'close' | null> {
    return this.#entries.length < ENTRIES_UNASKED ? this.#begin() : this.#beginInTurns()
  }

  /** The logs of many partitions may have to be opened first, which nobody has used since the start. */
  async #beginInTurns(): Promise<ProduceAnswer | 'close' | null> {
    const letGo = this.context.holdBack()
    const { partitions } = this.context.broker
    await this.context.turns.map(this.#entries, ({ topic, topicId, index }) => {
      if (partitions.find(topic, index) === null) partitions.findById(topicId, index)
    })
    letGo()
    return this.#begin()
  }

  #begin(): Promise<ProduceAnswer | 'close' | null> {
    checkProduce(this.#entries, this.request, this.context)
    const { transactionalId } = this.request
    const admission = transactionalId === null ? null : admitTransactions(this.#entries, transactionalId, this.context)
    return admission === null ? this.#appendAll() : admission.then(() => this.#appendAll())
  }

  /** Not as an async function: what one keeps while it waits was a quarter of all garbage that small requests make. */
  #appendAll(from = 0): Promise<ProduceAnswer | 'close' | null> {
    const { unpacking } = this.context.broker
    for (let at = from; at < this.#entries.length; at++) {
      const entry = this.#entries[at]!
      if (isPacked(entry) && unpacking.isSpent) return this.#appendLater(at, unpacking.nextTurn())
      const isManieth = at % ENTRIES_UNASKED === ENTRIES_UNASKED - 1
      if (isManieth && this.context.turns.isSpent && at > from) return this.#appendLater(at, this.context.turns.next())
      if (entry.failure === null) this.#append(entry)
      this.#remember(entry)
    }
    return this.#whenWritten().then(() => this.#whenAcknowledged())
  }

  /** When others had their turn. Later requests of the connection wait as well, so that they stay in order. */
  #appendLater(from: number, turn: Promise<void>): Promise<ProduceAnswer | 'close' | null> {
    const letGo = this.context.holdBack()
    return turn.then(() => {
      letGo()
      return this.#appendAll(from)
    })
  }

  /** Without an answer, too: the batches lie in the request's memory until they have been written. */
  #whenWritten(): Promise<unknown> {
    const written = this.#entries
      .filter(({ appended }) => appended !== null)
      .map((entry) => entry.partition!.whenWritten())
    return written.length === 1 ? written[0]! : Promise.all(written)
  }

  #whenAcknowledged(): ProduceAnswer | 'close' | null | Promise<ProduceAnswer | 'close' | null> {
    for (const entry of this.#entries) settleWritten(entry)
    if (this.request.acks !== ACKS_ALL) return this.#told()
    const open = this.#entries.filter((entry) => !settleCommitted(entry))
    return open.length === 0 ? this.#told() : this.#awaitCommit(open).then(() => this.#told())
  }

  #told(): ProduceAnswer | 'close' | null {
    this.context.throttle?.produced(this.context.bodyBytes)
    if (this.request.acks !== 0) return produceAnswer(this.#entries, new LeaderHints(this.context))
    return this.#entries.some(({ failure }) => failure !== null) ? 'close' : null
  }

  #append(entry: ProduceEntry): void {
    const { acks } = this.request
    const partition = entry.partition!
    const refused = areAcksKnown(acks) ? partition.refusesAppend(acks) : ErrorCode.INVALID_REQUIRED_ACKS
    if (refused !== ErrorCode.NONE) {
      entry.failure = { error: refused }
      return
    }
    const { logStartOffset } = partition.log
    const rules = produceRules(partition, this.context.broker.clock.now(), this.context.clientKnows('zstd'))
    const { unpacking } = this.context.broker
    const check = (): ReturnType<typeof validateProduced> => validateProduced(entry.records, rules, unpacking.room)
    const checked = isPacked(entry) ? unpacking.measured(check) : check()
    if (!checked.ok) {
      const { error, message, recordErrors, tellsLogStartOffset } = checked
      entry.failure = {
        error: ErrorCode[error],
        message,
        recordErrors,
        logStartOffset: tellsLogStartOffset ? logStartOffset : -1,
      }
      return
    }
    const unknown = entry.isTransactional ? refusesTransaction(entry, this.context) : ErrorCode.NONE
    if (unknown !== ErrorCode.NONE) {
      entry.failure = { error: unknown, logStartOffset }
      return
    }
    if (this.context.broker.refusedBatches.isAfterRefused(entry, this.context.connection)) {
      entry.failure = { error: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, logStartOffset }
      return
    }
    const firstSequenceIsZero = entry.guard?.isVersion2
    const result = partition.append(checked.batch, { origin: 'client', acks, firstSequenceIsZero })
    if (result.error === undefined) entry.appended = result
    else entry.failure = { error: result.error, logStartOffset: LOG_NOT_TOLD.has(result.error) ? -1 : logStartOffset }
  }

  /** For the next requests of the connection. */
  #remember(entry: ProduceEntry): void {
    const { connection, broker } = this.context
    if (entry.failure === null) broker.refusedBatches.appended(entry, connection)
    else broker.refusedBatches.refused(entry, connection)
  }

  /** What has been appended stays in the log whatever comes of the waiting. */
  async #awaitCommit(open: readonly ProduceEntry[]): Promise<void> {
    await waitUntil({
      clock: this.context.broker.clock,
      waitMs: this.request.timeoutMs,
      signals: open.map(({ partition }) => partition!.changes),
      isDone: () => open.every(settleCommitted),
      onClose: (act) => this.context.connection.onClose(act),
    })
    for (const entry of open) if (!settleCommitted(entry)) entry.failure = { error: ErrorCode.REQUEST_TIMED_OUT }
  }
}

/** Of one batch of format v2, which it has been found to be. */
function isPacked({ records, failure }: ProduceEntry): boolean {
  return failure === null && (records!.readInt16BE(ATTRIBUTES) & CODEC_MASK) !== 0
}

function settleWritten(entry: ProduceEntry): void {
  const { partition, appended } = entry
  if (appended === null || partition!.log.writtenEndOffset > appended.lastOffset) return
  entry.appended = null
  entry.failure = { error: partition!.isGone ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.KAFKA_STORAGE_ERROR }
}

/** True once the in-sync replicas have it, or it is known that they will not. */
function settleCommitted(entry: ProduceEntry): boolean {
  const { partition, appended, failure } = entry
  if (appended === null || failure !== null) return true
  const outcome = partition!.commitOutcome(appended.lastOffset + 1)
  if (outcome !== null && outcome !== ErrorCode.NONE) entry.failure = { error: outcome }
  return outcome !== null
}
