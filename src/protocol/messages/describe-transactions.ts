import { api, array, int16, int32, int64, int64Bits, string } from '../schema.js'

/** Describes transactions by transactional id (KIP-664). */
export const DescribeTransactions = api(65, 'DescribeTransactions', {
  versions: '0',
  flexible: '0+',
  request: { transactionalIds: array('0+', string) },
  response: {
    throttleTimeMs: int32('0+'),
    transactionStates: array('0+', {
      errorCode: int16('0+'),
      transactionalId: string('0+'),
      transactionState: string('0+'),
      transactionTimeoutMs: int32('0+'),
      transactionStartTimeMs: int64('0+'),
      producerId: int64Bits('0+'),
      producerEpoch: int16('0+'),
      topics: array('0+', { topic: string('0+', { mapKey: true }), partitions: array('0+', int32) }),
    }),
  },
})
