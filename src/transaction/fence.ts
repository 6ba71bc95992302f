import type { ErrorCode } from '../protocol/errors.js'
import { sendMarkers } from './markers.js'
import { decided, decidedWithNextEpoch, fencedEpoch, isExhausted } from './standings.js'
import { step } from './step.js'
import { NO_PRODUCER_ID, type Transaction } from './transaction.js'
import type { Turn } from './transactions.js'

/** Whether an id is to be allocated before the producer of an ongoing transaction can be fenced. */
export function needsProducerIdToFence({ transactions }: Turn, { standing }: Transaction): boolean {
  return transactions.config.transactionVersion >= 2 && isExhausted(standing)
}

/**
 * Aborts an ongoing transaction whose producer is not to be heard any more: markers carry an epoch that it does not have.
 * @param allocated null unless `needsProducerIdToFence`
 * @param settled with NONE once it is decided
 */
export function fence(
  turn: Turn,
  transaction: Transaction,
  allocated: bigint | null,
  settled: (turn: Turn, error: ErrorCode) => void,
): void {
  const { now, transactions } = turn
  const applied = (later: Turn): void => sendMarkers(later, transaction)
  if (transactions.config.transactionVersion >= 2) {
    const next = decidedWithNextEpoch(transaction.standing, false, allocated ?? NO_PRODUCER_ID, now)
    step(turn, transaction, next, { applied, settled })
    return
  }
  // From now on the producer is fenced, even if the log does not take it; a second try then has the same epoch.
  if (!transaction.hasFailedFence) transaction.amend(fencedEpoch(transaction.standing))
  const dropped = (): void => {
    transaction.hasFailedFence = true
  }
  step(turn, transaction, decided(transaction.standing, false, now), { applied, dropped, settled })
}
