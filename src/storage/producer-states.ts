import type { RecordBatch } from '../records/batch.js'
import { controlRecordOf, type EndTransactionMarker } from '../records/control.js'
import { OpenTransactions } from './open-transactions.js'
import { isExpired, NO_EPOCH, NO_SEQUENCE, type ProducedBatch, ProducerState } from './producer-state.js'
import type { AbortedTransaction } from './transaction-index.js'

export type ProducerError =
  | 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  | 'INVALID_PRODUCER_EPOCH'
  | 'INVALID_TXN_STATE'
  | 'TRANSACTION_COORDINATOR_FENCED'

/** Who appends: what a client sends is checked in full, what a coordinator writes by epoch, what a leader sent not at all. */
export type AppendOrigin = 'client' | 'coordinator' | 'replication'

export interface ProducerRules {
  readonly origin: AppendOrigin
  /** Transactions of version 2: the first batch of an epoch has sequence 0, also from a producer that is not known. */
  readonly firstSequenceIsZero?: boolean
  /** Transactions of version 2: a marker has an epoch above that of the records which it ends. */
  readonly markerRaisesEpoch?: boolean
}

export type ProducerVerdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'repeated'; readonly batch: ProducedBatch }
  | { readonly kind: 'refused'; readonly error: ProducerError }

/** An epoch that cannot be raised. */
const EPOCH_MAX = 32767

const APPEND: ProducerVerdict = { kind: 'append' }

/** What a partition knows of idempotent and transactional producers; a function of the batches in its log. */
export class ProducerStates {
  readonly #states = new Map<bigint, ProducerState>()
  readonly transactions = new OpenTransactions()

  get size(): number {
    return this.#states.size
  }

  find(producerId: bigint): ProducerState | null {
    return this.#states.get(producerId) ?? null
  }

  all(): Iterable<ProducerState> {
    return this.#states.values()
  }

  /** Takes over a state that a snapshot kept. */
  restore(state: ProducerState): void {
    this.#states.set(state.producerId, state)
    if (state.transactionFirstOffset !== null) this.transactions.begin(state.producerId, state.transactionFirstOffset)
  }

  /** Whether a batch may be appended. Changes nothing. */
  check(batch: RecordBatch, rules: ProducerRules): ProducerVerdict {
    if (!batch.hasProducerId || rules.origin === 'replication') return APPEND
    const state = this.#states.get(batch.producerId)
    if (batch.isControl) return checkMarker(batch, state, rules)
    if (rules.origin === 'client') {
      const repeated = state?.findRepeated(batch)
      if (repeated !== undefined && repeated !== null) return { kind: 'repeated', batch: repeated }
    }
    if (batch.producerEpoch < (state?.epoch ?? NO_EPOCH)) return refused('INVALID_PRODUCER_EPOCH')
    if (state === undefined) {
      const isWrong = rules.firstSequenceIsZero && batch.baseSequence !== 0
      return isWrong ? refused('OUT_OF_ORDER_SEQUENCE_NUMBER') : APPEND
    }
    if (rules.origin === 'client' && !state.isNext(batch.producerEpoch, batch.baseSequence))
      return refused('OUT_OF_ORDER_SEQUENCE_NUMBER')
    if (state.transactionFirstOffset !== null && !batch.isTransactional) return refused('INVALID_TXN_STATE')
    return APPEND
  }

  /**
   * Takes a batch into account that has its offsets. Returns the transaction that it aborts, where it does.
   * @throws MalformedBytes for a marker that cannot be read.
   */
  apply(batch: RecordBatch): AbortedTransaction | null {
    if (!batch.hasProducerId) return null
    const state = this.#stateOf(batch.producerId)
    if (batch.isControl) return this.#applyMarker(batch, state)
    state.enterEpoch(batch.producerEpoch)
    state.addBatch({
      lastSequence: batch.baseSequence === NO_SEQUENCE ? NO_SEQUENCE : batch.lastSequence,
      lastOffset: batch.lastOffset,
      offsetDelta: batch.lastOffsetDelta,
      timestamp: batch.maxTimestamp,
    })
    if (batch.isTransactional && state.transactionFirstOffset === null) {
      state.transactionFirstOffset = batch.baseOffset
      this.transactions.begin(batch.producerId, batch.baseOffset)
    }
    return null
  }

  /** Forgets producers that have been idle for `idleMs` and have no transaction open. */
  expire(nowMs: number, idleMs: number): void {
    for (const state of this.#states.values())
      if (isExpired(state, nowMs, idleMs)) this.#states.delete(state.producerId)
  }

  #applyMarker(batch: RecordBatch, state: ProducerState): AbortedTransaction | null {
    const marker = readMarker(batch)
    if (marker === null) return null
    const firstOffset = state.transactionFirstOffset
    state.enterEpoch(batch.producerEpoch)
    state.coordinatorEpoch = marker.coordinatorEpoch
    state.lastTimestamp = batch.maxTimestamp
    state.transactionFirstOffset = null
    if (firstOffset === null) return null
    const lastStableOffset = this.transactions.end(firstOffset, batch.baseOffset)
    if (marker.type === 'COMMIT') return null
    return { producerId: state.producerId, firstOffset, lastOffset: batch.baseOffset, lastStableOffset }
  }

  #stateOf(producerId: bigint): ProducerState {
    const known = this.#states.get(producerId)
    if (known !== undefined) return known
    const state = new ProducerState(producerId)
    this.#states.set(producerId, state)
    return state
  }
}

function checkMarker(batch: RecordBatch, state: ProducerState | undefined, rules: ProducerRules): ProducerVerdict {
  const marker = readMarker(batch)
  if (marker === null || state === undefined) return APPEND
  if (batch.producerEpoch < state.epoch) return refused('INVALID_PRODUCER_EPOCH')
  // A marker that comes again finds its transaction ended, and its epoch there (KAFKA-19999).
  const isLate = batch.producerEpoch === state.epoch && state.transactionFirstOffset !== null
  if (rules.markerRaisesEpoch && isLate && state.epoch !== EPOCH_MAX) return refused('INVALID_PRODUCER_EPOCH')
  if (marker.coordinatorEpoch < state.coordinatorEpoch) return refused('TRANSACTION_COORDINATOR_FENCED')
  return APPEND
}

function refused(error: ProducerError): ProducerVerdict {
  return { kind: 'refused', error }
}

/** What a control batch says of a transaction; null when it is about something else. */
function readMarker(batch: RecordBatch): EndTransactionMarker | null {
  const record = controlRecordOf(batch)
  return record !== null && (record.type === 'ABORT' || record.type === 'COMMIT') ? record : null
}
