import { api, array, boolean, int8, int16, int32, int64Bits, string } from '../schema.js'

/**
 * A transaction coordinator has commit or abort markers written into partitions (KIP-98). v2 says which
 * transaction.version the transaction followed.
 */
export const WriteTxnMarkers = api(27, 'WriteTxnMarkers', {
  versions: '1-2',
  flexible: '1+',
  request: {
    markers: array('0+', {
      producerId: int64Bits('0+'),
      producerEpoch: int16('0+'),
      transactionResult: boolean('0+'),
      topics: array('0+', { name: string('0+'), partitionIndexes: array('0+', int32) }),
      coordinatorEpoch: int32('0+'),
      transactionVersion: int8('2+', { default: 0, ignorable: true }),
    }),
  },
  response: {
    markers: array('0+', {
      producerId: int64Bits('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', { partitionIndex: int32('0+'), errorCode: int16('0+') }),
      }),
    }),
  },
})
