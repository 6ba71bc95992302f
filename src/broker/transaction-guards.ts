import { ErrorCode } from '../protocol/errors.js'
import { batchesIn, type RecordBatch } from '../records/batch.js'
import { PRODUCER_ID } from '../records/layout.js'
import type { PartitionLog } from '../storage/partition-log.js'

/** Long after every client has given up. */
const IDLE_MS_MAX = 86_400_000

/** That a transaction's coordinator is being asked whether a partition belongs to it. */
export interface TransactionGuard {
  readonly sinceMs: number
  /** The coordinator enters the partition by itself then, and nothing may be missing in front of the first batch. */
  readonly isVersion2: boolean
  epoch: number
  /** Of all batches that have asked: a later one must not get in before the first one, which comes again. */
  lowestSequence: number
}

/** Of a transactional batch: enough to know whose it is. */
export type TransactionalBatch = Pick<RecordBatch, 'producerId' | 'producerEpoch' | 'baseSequence'>

/**
 * Keeps batches out of a partition that no coordinator would ever end (KIP-890): the first one of a transaction gets in only if
 * the coordinator says that it belongs there, and no marker has come between the asking and the append.
 */
export class TransactionGuards {
  readonly #byProducer = new Map<bigint, TransactionGuard>()

  constructor(public log: PartitionLog) {}

  /** The guard to ask the coordinator with; null where the transaction has begun here already. */
  begin(batch: TransactionalBatch, isVersion2: boolean, nowMs: number): TransactionGuard | null | ErrorCode {
    const { producerId, producerEpoch: epoch, baseSequence } = batch
    this.#expire(nowMs)
    if (this.#isFenced(batch)) return ErrorCode.INVALID_PRODUCER_EPOCH
    if (this.#isOngoing(batch)) return null
    const guard = this.#byProducer.get(producerId)
    if (guard === undefined) {
      const begun = { sinceMs: nowMs, isVersion2, epoch, lowestSequence: baseSequence }
      this.#byProducer.set(producerId, begun)
      return begun
    }
    if (epoch === guard.epoch) guard.lowestSequence = Math.min(guard.lowestSequence, baseSequence)
    else if (epoch > guard.epoch) Object.assign(guard, { epoch, lowestSequence: baseSequence })
    return guard
  }

  /** Why the batch may not be appended now. A guard is needed only where `mustBeVerified`; sequences are those of clients. */
  refuse(batch: TransactionalBatch, guard: TransactionGuard | null, mustBeVerified: boolean): ErrorCode {
    if (this.#isOngoing(batch)) return ErrorCode.NONE
    if (this.#isFenced(batch)) return ErrorCode.INVALID_PRODUCER_EPOCH
    const current = this.#byProducer.get(batch.producerId)
    if (mustBeVerified && (guard === null || guard !== current)) return ErrorCode.INVALID_TXN_STATE
    const isTooEarly = current !== undefined && batch.baseSequence > current.lowestSequence
    return isTooEarly ? ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER : ErrorCode.NONE
  }

  /** The batch is in the log: its transaction has begun or ended here, and whoever still asks must ask again. */
  appended(batch: Buffer): void {
    if (this.#byProducer.size > 0) this.#byProducer.delete(batch.readBigInt64BE(PRODUCER_ID))
  }

  /** As `appended`, of what came from another leader: who asked here has gone on there, and may be further when it comes back. */
  replicated(batches: Buffer): void {
    if (this.#byProducer.size === 0) return
    for (const { producerId } of batchesIn(batches)) this.#byProducer.delete(producerId)
  }

  /** Forgets those who asked and never came back; who asked first comes first. */
  #expire(nowMs: number): void {
    for (const [producerId, { sinceMs }] of this.#byProducer) {
      if (nowMs - sinceMs < IDLE_MS_MAX) return
      this.#byProducer.delete(producerId)
    }
  }

  #isOngoing({ producerId, producerEpoch }: TransactionalBatch): boolean {
    const state = this.log.producers.find(producerId)
    return state !== null && state.transactionFirstOffset !== null && state.epoch === producerEpoch
  }

  #isFenced({ producerId, producerEpoch }: TransactionalBatch): boolean {
    return producerEpoch < (this.log.producers.find(producerId)?.epoch ?? producerEpoch)
  }
}
