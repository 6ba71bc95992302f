import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import { sendMarkers } from './markers.js'
import { completed, decided, decidedWithNextEpoch, isExhausted } from './standings.js'
import { allocate, step } from './step.js'
import { EPOCH_MAX, FENCING_EPOCH, NO_EPOCH, NO_PRODUCER_ID, type Standing, type Transaction } from './transaction.js'
import type { Turn } from './transactions.js'

export interface EndTransactionEvent {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly isCommit: boolean
  /** From 2 on the producer's epoch grows with every end (KIP-890). */
  readonly clientTransactionVersion: number
}

export interface EndTransactionAnswer {
  readonly errorCode: ErrorCode
  /** With which the producer goes on; -1 with an error, and for producers that keep what they have. As the epoch. */
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** Answered as soon as the decision is in the log: the markers follow by themselves. */
export function endTransaction(turn: Turn, event: EndTransactionEvent, asker: Asker<EndTransactionAnswer>): void {
  attempt(turn, event, asker, null)
}

function attempt(
  turn: Turn,
  event: EndTransactionEvent,
  asker: Asker<EndTransactionAnswer>,
  allocated: bigint | null,
): void {
  const transaction = turn.transactions.find(event.transactionalId)
  const verdict = judge(transaction, event)
  if (transaction === null || verdict !== 'end') {
    turn.effects.reply(asker, typeof verdict === 'number' ? refusal(verdict) : goesOnWith(transaction?.standing, event))
    return
  }
  const isVersion2 = event.clientTransactionVersion >= 2
  if (isVersion2 && isExhausted(transaction.standing) && allocated === null) {
    const again = (later: Turn, producerId: bigint): void => attempt(later, event, asker, producerId)
    allocate(turn, again, (later, error) => later.effects.reply(asker, refusal(error)))
    return
  }
  const next = isVersion2
    ? decidedWithNextEpoch(transaction.standing, event.isCommit, allocated ?? NO_PRODUCER_ID, turn.now)
    : decided(transaction.standing, event.isCommit, turn.now)
  step(turn, transaction, next, {
    applied: (later) => sendMarkers(later, transaction),
    settled: ({ effects, now }, error) => {
      effects.reply(asker, error === ErrorCode.NONE ? goesOnWith(completed(next, now), event) : refusal(error))
    },
  })
}

/** `end`: to be ended now; `ended`: it has, as the producer wants it; or why neither. */
type Verdict = 'end' | 'ended' | ErrorCode

function judge(transaction: Transaction | null, event: EndTransactionEvent): Verdict {
  if (event.transactionalId === '') return ErrorCode.INVALID_REQUEST
  if (transaction === null) return ErrorCode.INVALID_PRODUCER_ID_MAPPING
  return event.clientTransactionVersion >= 2 ? judgeVersion2(transaction, event) : judgeOlder(transaction, event)
}

/** A producer that keeps its epoch asks with the same one again: told from the next end by the state alone. */
function judgeOlder({ standing, isBusy }: Transaction, event: EndTransactionEvent): Verdict {
  if (event.producerId !== standing.producerId || isUnknown(standing)) return ErrorCode.INVALID_PRODUCER_ID_MAPPING
  if (event.producerEpoch !== standing.producerEpoch) return ErrorCode.PRODUCER_FENCED
  if (isBusy) return ErrorCode.CONCURRENT_TRANSACTIONS
  if (standing.state === 'Ongoing') return 'end'
  return standing.state === completeState(event) ? 'ended' : ErrorCode.INVALID_TXN_STATE
}

/** Who asks again does so with the epoch before; with the current one it is another end, which may only be an abort of nothing. */
function judgeVersion2({ standing, isBusy }: Transaction, event: EndTransactionEvent): Verdict {
  // First of all: what is under way may be about to give the producer another id.
  if (isBusy) return ErrorCode.CONCURRENT_TRANSACTIONS
  const isAgainAfterReplacement =
    event.producerId === standing.previousProducerId &&
    event.producerEpoch === EPOCH_MAX &&
    standing.producerEpoch === 0
  const isKnown = event.producerId === standing.producerId && !isUnknown(standing)
  if (!isKnown && !isAgainAfterReplacement) return ErrorCode.INVALID_PRODUCER_ID_MAPPING
  const isComplete = standing.state === 'CompleteCommit' || standing.state === 'CompleteAbort'
  if (isComplete && (isAgainAfterReplacement || event.producerEpoch + 1 === standing.producerEpoch)) {
    return standing.state === completeState(event) ? 'ended' : ErrorCode.INVALID_TXN_STATE
  }
  if (event.producerEpoch !== standing.producerEpoch) return ErrorCode.PRODUCER_FENCED
  if (standing.state !== 'Ongoing' && event.isCommit) return ErrorCode.INVALID_TXN_STATE
  // No producer was ever given this epoch: what goes on with it can be cleared away, but not made to count.
  return standing.producerEpoch === FENCING_EPOCH && event.isCommit ? ErrorCode.UNKNOWN_SERVER_ERROR : 'end'
}

/** Whether no producer has been told of its id yet. */
function isUnknown({ producerEpoch }: Standing): boolean {
  return producerEpoch === NO_EPOCH
}

function completeState({ isCommit }: EndTransactionEvent): Standing['state'] {
  return isCommit ? 'CompleteCommit' : 'CompleteAbort'
}

function goesOnWith(standing: Standing | undefined, event: EndTransactionEvent): EndTransactionAnswer {
  if (standing === undefined || event.clientTransactionVersion < 2) return refusal(ErrorCode.NONE)
  return { errorCode: ErrorCode.NONE, producerId: standing.producerId, producerEpoch: standing.producerEpoch }
}

function refusal(errorCode: ErrorCode): EndTransactionAnswer {
  return { errorCode, producerId: NO_PRODUCER_ID, producerEpoch: NO_EPOCH }
}
