import { array, int8, int16, int32, int64, int64Bits, message, string } from '../schema.js'

// Records of `__transaction_state` (KIP-98): a key is its record type as int16, then its fields; a value its version,
// then its fields.

/** A transactional id. */
export const TransactionLogKey = message('TransactionLogKey', {
  recordType: 0,
  versions: '0',
  flexible: 'none',
  fields: { transactionalId: string('0') },
})

/**
 * Where a transaction stands. v1 became flexible; its tags are for transactions whose epoch grows each time
 * (KIP-890).
 *
 * `transactionStatus`: 0 Empty, 1 Ongoing, 2 PrepareCommit, 3 PrepareAbort, 4 CompleteCommit, 5 CompleteAbort, 6
 * Dead, 7 PrepareEpochFence.
 */
export const TransactionLogValue = message('TransactionLogValue', {
  recordType: 0,
  versions: '0-1',
  flexible: '1+',
  fields: {
    producerId: int64Bits('0+'),
    previousProducerId: int64Bits('1+', { default: -1n, tag: 0, taggedVersions: '1+' }),
    nextProducerId: int64Bits('1+', { default: -1n, tag: 1, taggedVersions: '1+' }),
    producerEpoch: int16('0+'),
    nextProducerEpoch: int16('1+', { default: -1, tag: 3, taggedVersions: '1+' }),
    transactionTimeoutMs: int32('0+'),
    transactionStatus: int8('0+'),
    transactionPartitions: array('0+', { topic: string('0+'), partitionIds: array('0+', int32) }, { nullable: '0+' }),
    transactionLastUpdateTimestampMs: int64('0+'),
    transactionStartTimestampMs: int64('0+'),
    clientTransactionVersion: int16('1+', { default: 0, tag: 2, taggedVersions: '1+' }),
  },
})
