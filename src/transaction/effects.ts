import type { Effects } from '../coordination/effects.js'
import type { ErrorCode } from '../protocol/errors.js'
import type { TopicPartition } from './partition-set.js'
import type { Turn } from './transactions.js'

/** Ends the wait before the end of a transaction is written once more, after the log did not take it. */
export interface TimerId {
  readonly kind: 'completion'
  readonly transactionalId: string
}

/** What no other kind of coordinator asks for. */
export type OwnEffect =
  /** An id that no producer has had; `proceed` goes on with it, or with the error that the one who asked is to be told. */
  | { readonly type: 'allocate producer id'; readonly proceed: (turn: Turn, allocated: bigint | ErrorCode) => void }
  /** Into every partition of it, as often as it takes; `markersWritten` is told which have theirs. */
  | { readonly type: 'send markers'; readonly markers: Markers }

/** The end of a transaction, as the partitions are told of it. */
export interface Markers {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly isCommit: boolean
  readonly coordinatorEpoch: number
  /** The version that the transaction followed: 2 where its end has an epoch of its own (KIP-890), 0 or 1 otherwise. */
  readonly transactionVersion: number
  /** Never empty. */
  readonly partitions: readonly TopicPartition[]
}

export type TransactionEffects = Effects<TimerId, OwnEffect>
