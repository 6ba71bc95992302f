import { api, array, int8, int16, int32, int64, string } from '../schema.js'

/**
 * Finds the offset that belongs to a time, or to one of the special times: -1 the end, -2 the start, and further
 * negative ones.
 *
 * v2 asks with an isolation level, v4 adds leader epochs (KIP-320). v7 knows -3, the record with the greatest
 * timestamp (KIP-734); v8 -4, the start of what lies on this machine (KIP-405); v9 -5, the end of what is tiered. v10
 * lets a client bound the wait (KIP-1075); v11 knows -6, the first offset not yet tiered.
 */
export const ListOffsets = api(2, 'ListOffsets', {
  versions: '1-11',
  flexible: '6+',
  request: {
    replicaId: int32('0+'),
    isolationLevel: int8('2+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        currentLeaderEpoch: int32('4+', { default: -1, ignorable: true }),
        timestamp: int64('0+'),
      }),
    }),
    timeoutMs: int32('10+', { ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        timestamp: int64('1+', { default: -1 }),
        offset: int64('1+', { default: -1 }),
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
})
