import type { TransactionEffects } from './effects.js'
import type { Transaction } from './transaction.js'

/** What of the broker's settings concerns transactions; read each time, because they can change. */
export interface TransactionConfig {
  /** `transaction.max.timeout.ms`. */
  readonly timeoutMsMax: number
  /** `transactional.id.expiration.ms`. */
  readonly idExpirationMs: number
  /** `transaction.two.phase.commit.enable` (KIP-939). */
  readonly isTwoPhaseCommitEnabled: boolean
  /** The finalised level of the feature `transaction.version`: 1 writes records of version 1, 2 fences by KIP-890. */
  readonly transactionVersion: number
}

/** Everything that one coordinator knows: the transactional ids that lead to one partition of `__transaction_state`. */
export class Transactions {
  /** Another coordinator may have taken over: nothing is told or sent any more. */
  isOver = false
  readonly #byId = new Map<string, Transaction>()

  /** @param coordinatorEpoch the leader epoch of the partition */
  constructor(
    readonly config: TransactionConfig,
    readonly coordinatorEpoch: number,
  ) {}

  find(id: string): Transaction | null {
    return this.#byId.get(id) ?? null
  }

  put(transaction: Transaction): Transaction {
    this.#byId.set(transaction.id, transaction)
    return transaction
  }

  remove(id: string): void {
    this.#byId.delete(id)
  }

  [Symbol.iterator](): IterableIterator<Transaction> {
    return this.#byId.values()
  }
}

/** One event being dealt with: what there is, when it is, and what the outside world is asked to do about it. */
export interface Turn {
  readonly transactions: Transactions
  readonly now: number
  readonly effects: TransactionEffects
}
