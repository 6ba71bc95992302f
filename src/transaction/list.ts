import { TRANSACTION_STATES, type TransactionState } from './states.js'
import type { Standing } from './transaction.js'
import type { Transactions } from './transactions.js'

export interface TransactionFilters {
  /** Kafka's names, letter by letter. Without any, every state is listed; a name that is none matches nothing. */
  readonly states: ReadonlySet<string>
  readonly producerIds: ReadonlySet<bigint>
  /** Only transactions that began longer ago than this; below 0, whenever they began. */
  readonly durationMs: number
  /** Whether an id is wanted. */
  readonly matches: (transactionalId: string) => boolean
}

export interface TransactionListing {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly transactionState: TransactionState
}

export function listTransactions(
  transactions: Transactions,
  filters: TransactionFilters,
  now: number,
): TransactionListing[] {
  return [...transactions]
    .filter(({ id, standing }) => isWanted(standing, filters, now) && filters.matches(id))
    .map(({ id, standing }) => ({
      transactionalId: id,
      producerId: standing.producerId,
      transactionState: standing.state,
    }))
}

/** The names that are those of no state. */
export function unknownStates(names: readonly string[]): string[] {
  return names.filter((name) => !TRANSACTION_STATES.includes(name as TransactionState))
}

function isWanted(
  { producerId, state, startMs }: Standing,
  { states, producerIds, durationMs }: TransactionFilters,
  now: number,
): boolean {
  if (producerIds.size > 0 && !producerIds.has(producerId)) return false
  if (states.size > 0 && !states.has(state)) return false
  return durationMs < 0 || now - startMs > durationMs
}
