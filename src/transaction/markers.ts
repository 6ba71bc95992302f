import type { TopicPartition } from './partition-set.js'
import { completed } from './standings.js'
import { isPrepared } from './states.js'
import { step } from './step.js'
import type { Transaction } from './transaction.js'
import type { Turn } from './transactions.js'

/** After the log refused the end of a transaction. */
const RETRY_BACKOFF_MS = 100

/** The decision is in the log: from here on the transaction can only end that way. */
export function sendMarkers(turn: Turn, transaction: Transaction): void {
  const { standing } = transaction
  transaction.hasFailedFence = false
  if (standing.partitions.isEmpty) {
    complete(turn, transaction)
    return
  }
  turn.effects.own({
    type: 'send markers',
    markers: {
      transactionalId: transaction.id,
      producerId: standing.producerId,
      producerEpoch: standing.producerEpoch,
      isCommit: standing.state === 'PrepareCommit',
      coordinatorEpoch: turn.transactions.coordinatorEpoch,
      transactionVersion: standing.transactionVersion,
      partitions: [...standing.partitions],
    },
  })
}

export interface MarkersWrittenEvent {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly partitions: readonly TopicPartition[]
}

/**
 * These partitions have their marker, or do not need one any more: they were deleted, or have heard of a later end. Told again, it
 * changes nothing.
 */
export function markersWritten(turn: Turn, event: MarkersWrittenEvent): void {
  const transaction = turn.transactions.find(event.transactionalId)
  if (transaction === null || turn.transactions.isOver) return
  const { standing } = transaction
  const isMeant = standing.producerId === event.producerId && standing.producerEpoch === event.producerEpoch
  if (!isMeant || !isPrepared(standing.state)) return
  const partitions = standing.partitions.without(event.partitions)
  transaction.amend({ partitions })
  if (partitions.isEmpty && transaction.pending === null) complete(turn, transaction)
}

/** What the log did not take is written once more. */
export function completionTimeout(turn: Turn, transactionalId: string): void {
  const transaction = turn.transactions.find(transactionalId)
  if (transaction === null || turn.transactions.isOver || transaction.pending !== null) return
  const { state, partitions } = transaction.standing
  if (isPrepared(state) && partitions.isEmpty) complete(turn, transaction)
}

function complete(turn: Turn, transaction: Transaction): void {
  step(turn, transaction, completed(transaction.standing, turn.now), {
    dropped: ({ effects }) => {
      effects.setTimer({ kind: 'completion', transactionalId: transaction.id }, RETRY_BACKOFF_MS)
    },
  })
}
