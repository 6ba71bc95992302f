import { api, array, boolean, int16, int32, int64Bits, string } from '../schema.js'

const addPartitionsToTxnTopic = { name: string('0+', { mapKey: true }), partitions: array('0+', int32) }

const addPartitionsToTxnPartitionResult = {
  partitionIndex: int32('0+', { mapKey: true }),
  partitionErrorCode: int16('0+'),
}

const addPartitionsToTxnTopicResult = {
  name: string('0+', { mapKey: true }),
  resultsByPartition: array('0+', addPartitionsToTxnPartitionResult),
}

/**
 * Enters partitions into a transaction (KIP-98). From v4 it is the brokers' own: several transactions at once, or
 * only verifying (KIP-890).
 */
export const AddPartitionsToTxn = api(24, 'AddPartitionsToTxn', {
  versions: '0-5',
  flexible: '3+',
  request: {
    transactions: array('4+', {
      transactionalId: string('4+', { mapKey: true }),
      producerId: int64Bits('4+'),
      producerEpoch: int16('4+'),
      verifyOnly: boolean('4+', { default: false }),
      topics: array('4+', addPartitionsToTxnTopic),
    }),
    v3AndBelowTransactionalId: string('0-3'),
    v3AndBelowProducerId: int64Bits('0-3'),
    v3AndBelowProducerEpoch: int16('0-3'),
    v3AndBelowTopics: array('0-3', addPartitionsToTxnTopic),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('4+', { ignorable: true }),
    resultsByTransaction: array('4+', {
      transactionalId: string('4+', { mapKey: true }),
      topicResults: array('4+', addPartitionsToTxnTopicResult),
    }),
    resultsByTopicV3AndBelow: array('0-3', addPartitionsToTxnTopicResult),
  },
})
