import { assert } from '../base/assert.js'
import { PartitionSet } from './partition-set.js'
import { isPrepared, mayFollow, type TransactionState } from './states.js'

export const NO_PRODUCER_ID = -1n
export const NO_EPOCH = -1
/** The last epoch that a producer is given: one more is kept for fencing it. */
export const EPOCH_MAX = 32766
/** The largest that an epoch can be. */
export const FENCING_EPOCH = 32767

/** Where a transaction stands. What the log says of it, but for the last epoch. */
export interface Standing {
  readonly state: TransactionState
  readonly producerId: bigint
  /** The one before the last step; -1 if unknown. Differs from the current one right after that was replaced. */
  readonly previousProducerId: bigint
  /** With which the producer goes on once the transaction is complete; -1 if it keeps its own. */
  readonly nextProducerId: bigint
  /** -1 as long as no producer was told of one. */
  readonly producerEpoch: number
  /** The epoch that the producer itself replaced with the current one; -1 if another did, or the coordinator has changed. */
  readonly lastProducerEpoch: number
  readonly timeoutMs: number
  readonly partitions: PartitionSet
  /** -1 before the first partition. */
  readonly startMs: number
  readonly lastUpdateMs: number
  /** 2 where the producer's epoch grows with every end (KIP-890), 0 for older producers. */
  readonly transactionVersion: number
}

/** One transactional id. */
export class Transaction {
  #standing: Standing
  #pending: TransactionState | null = null
  /** The epoch was raised to fence a producer, but not in the log: the next try does not raise it again. */
  hasFailedFence = false

  constructor(
    readonly id: string,
    standing: Standing,
  ) {
    this.#standing = standing
  }

  get standing(): Standing {
    return this.#standing
  }

  /** The state that is being written; null when none is. */
  get pending(): TransactionState | null {
    return this.#pending
  }

  /** Whether a step is being written, or markers are: nothing else can happen to it now. */
  get isBusy(): boolean {
    return this.#pending !== null || isPrepared(this.#standing.state)
  }

  begin(next: TransactionState): void {
    assert(this.#pending === null, `${this.id} goes to ${next} while it goes to ${this.#pending}`)
    const { state } = this.#standing
    assert(mayFollow(state, next), `${this.id} goes from ${state} to ${next}`)
    this.#pending = next
  }

  complete(next: Standing): void {
    assert(this.#pending === next.state, `${this.id} is ${next.state} while it goes to ${this.#pending}`)
    this.#pending = null
    this.#standing = next
  }

  cancel(): void {
    this.#pending = null
  }

  /** What needs no record: it follows from those that are there, or holds only as long as this coordinator does. */
  amend(change: Partial<Pick<Standing, 'partitions' | 'producerEpoch' | 'lastProducerEpoch'>>): void {
    this.#standing = { ...this.#standing, ...change }
  }
}

/** An id that nobody has asked for before. */
export function newTransaction(id: string, producerId: bigint, timeoutMs: number, now: number): Transaction {
  return new Transaction(id, {
    state: 'Empty',
    producerId,
    previousProducerId: NO_PRODUCER_ID,
    nextProducerId: NO_PRODUCER_ID,
    producerEpoch: NO_EPOCH,
    lastProducerEpoch: NO_EPOCH,
    timeoutMs,
    partitions: PartitionSet.EMPTY,
    startMs: -1,
    lastUpdateMs: now,
    transactionVersion: 0,
  })
}
