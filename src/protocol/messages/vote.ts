import { api, array, boolean, int16, int32, int64, string, uint16, uuid } from '../schema.js'

/**
 * Asks a voter of a Raft quorum for its vote (KIP-595). v1 adds directories and endpoints (KIP-853), v2 pre-votes
 * (KIP-996).
 */
export const Vote = api(52, 'Vote', {
  versions: '0-2',
  flexible: '0+',
  request: {
    clusterId: string('0+', { nullable: '0+', default: null }),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicaEpoch: int32('0+'),
        replicaId: int32('0+'),
        replicaDirectoryId: uuid('1+', { ignorable: true }),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        lastOffsetEpoch: int32('0+'),
        lastOffset: int64('0+'),
        preVote: boolean('2+'),
      }),
    }),
  },
  response: {
    errorCode: int16('0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        voteGranted: boolean('0+'),
      }),
    }),
    nodeEndpoints: array(
      '1+',
      { nodeId: int32('1+', { mapKey: true }), host: string('1+'), port: uint16('1+') },
      { tag: 0, taggedVersions: '1+' },
    ),
  },
})
