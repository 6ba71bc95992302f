/** Replicas outside the ISR that may still lead without loss (KIP-966). */
export const ELR_FEATURE = 'eligible.leader.replicas.version'
export const METADATA_VERSION_FEATURE = 'metadata.version'
/** A property of the quorum, not of the cluster: it is never among the finalized features. */
export const KRAFT_VERSION_FEATURE = 'kraft.version'
/** From 2 on the epoch of a producer grows with every end of a transaction (KIP-890). */
export const TRANSACTION_VERSION_FEATURE = 'transaction.version'
