/** The end of a transaction, to be written into a partition. */
export interface TransactionMarker {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly isCommit: boolean
  /** The transaction is one of version 2: its marker has an epoch above that of its records (KIP-890). */
  readonly isVersion2: boolean
}
