import { ErrorCode } from '../protocol/errors.js'
import { stateRecord } from './records.js'
import type { Standing, Transaction } from './transaction.js'
import type { Turn } from './transactions.js'

/** What follows a step, if anything does. */
export interface Then {
  /** The step is in the log, and was taken. Not called once another coordinator may have taken over. */
  readonly applied?: (turn: Turn) => void
  /** The step will never be in the log; the transaction stands where it stood. */
  readonly dropped?: (turn: Turn) => void
  /** What those who wait are to be told; comes after `applied` and `dropped`, or earlier where the log takes too long. */
  readonly settled?: (turn: Turn, error: ErrorCode) => void
}

/** Writes where the transaction stands next, and lets it stand there once that is in the log. Until then it is busy. */
export function step({ transactions, effects }: Turn, transaction: Transaction, next: Standing, then: Then): void {
  transaction.begin(next.state)
  effects.write({
    records: [stateRecord(transaction.id, next, transactions.config.transactionVersion)],
    apply: (_, outcome) => {
      transaction.complete(next)
      if (!transactions.isOver) then.applied?.({ transactions, ...outcome })
    },
    drop: (outcome) => {
      transaction.cancel()
      if (!transactions.isOver) then.dropped?.({ transactions, ...outcome })
    },
    settle: (error, outcome) => {
      const told = transactions.isOver && error === ErrorCode.NONE ? ErrorCode.NOT_COORDINATOR : error
      then.settled?.({ transactions, ...outcome }, told)
    },
  })
}

/** Asks for a producer id; what follows must look at everything afresh. `refused` gets what those who wait are to be told. */
export function allocate(
  { effects }: Turn,
  proceed: (turn: Turn, producerId: bigint) => void,
  refused: (turn: Turn, error: ErrorCode) => void,
): void {
  effects.own({
    type: 'allocate producer id',
    proceed: (turn, allocated) => {
      if (typeof allocated !== 'bigint') refused(turn, allocated)
      else if (turn.transactions.isOver) refused(turn, ErrorCode.NOT_COORDINATOR)
      else proceed(turn, allocated)
    },
  })
}
