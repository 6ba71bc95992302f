import { ErrorCode, errorName } from '../protocol/errors.js'
import { fence, needsProducerIdToFence } from './fence.js'
import { NO_TIMEOUT_MS } from './init-producer-id.js'
import { allocate } from './step.js'
import type { Transaction } from './transaction.js'
import type { Turn } from './transactions.js'

/** Aborts what has been going on for longer than its producer allowed for. */
export function abortTimedOut(turn: Turn): void {
  for (const transaction of turn.transactions) {
    if (!isTimedOut(transaction, turn.now)) continue
    if (needsProducerIdToFence(turn, transaction)) allocateAndAbort(turn, transaction.id)
    else abort(turn, transaction, null)
  }
}

function isTimedOut({ standing, isBusy }: Transaction, now: number): boolean {
  const { state, timeoutMs, startMs } = standing
  return state === 'Ongoing' && !isBusy && timeoutMs !== NO_TIMEOUT_MS && startMs + timeoutMs < now
}

function allocateAndAbort(turn: Turn, transactionalId: string): void {
  const proceed = (later: Turn, producerId: bigint): void => {
    const transaction = later.transactions.find(transactionalId)
    if (transaction !== null && isTimedOut(transaction, later.now)) abort(later, transaction, producerId)
  }
  allocate(turn, proceed, (later, error) => report(later, transactionalId, error))
}

function abort(turn: Turn, transaction: Transaction, allocated: bigint | null): void {
  fence(turn, transaction, allocated, (later, error) => report(later, transaction.id, error))
}

function report({ effects }: Turn, transactionalId: string, error: ErrorCode): void {
  if (error === ErrorCode.NONE) effects.log(`The transaction of ${transactionalId} took too long and was aborted`)
  else
    effects.log(
      `The transaction of ${transactionalId} took too long, and cannot be aborted: ${errorName(error)}`,
      'warn',
    )
}
