import { api, array, int16, int32, int64, string, uuid } from '../schema.js'

/**
 * A member of a group, or a consumer without one, stores how far it has read.
 *
 * v2-4 let the client choose the retention, which KIP-211 took back in v5. v6 adds the leader epoch (KIP-320), v7
 * static members (KIP-345). From v9 members of the new protocol commit too (KIP-848): the generation is then their
 * epoch. v10 speaks of topics by id (KIP-848).
 */
export const OffsetCommit = api(8, 'OffsetCommit', {
  versions: '2-10',
  flexible: '8+',
  request: {
    groupId: string('0+'),
    generationIdOrMemberEpoch: int32('1+', { default: -1, ignorable: true }),
    memberId: string('1+', { ignorable: true }),
    groupInstanceId: string('7+', { nullable: '7+', default: null }),
    retentionTimeMs: int64('2-4', { default: -1, ignorable: true }),
    topics: array('0+', {
      name: string('0-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: int64('0+'),
        committedLeaderEpoch: int32('6+', { default: -1, ignorable: true }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array('0+', {
      name: string('0-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('0+', { partitionIndex: int32('0+'), errorCode: int16('0+') }),
    }),
  },
})
