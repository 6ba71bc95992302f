import { api, array, int16, int32, int64, int64Bits, string } from '../schema.js'

/**
 * Stores a group's offsets as part of a transaction (KIP-98).
 *
 * v2 adds leader epochs (KIP-320), v3 the group member, whose generation is checked (KIP-447), v5 enters the group
 * into the transaction by itself (KIP-890).
 */
export const TxnOffsetCommit = api(28, 'TxnOffsetCommit', {
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: string('0+'),
    groupId: string('0+'),
    producerId: int64Bits('0+'),
    producerEpoch: int16('0+'),
    generationId: int32('3+', { default: -1 }),
    memberId: string('3+', { default: '' }),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: int64('0+'),
        committedLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', { partitionIndex: int32('0+'), errorCode: int16('0+') }),
    }),
  },
})
