import { api, array, int16, int32, int64, string, uint16, uuid } from '../schema.js'

const replicaState = {
  replicaId: int32('0+'),
  replicaDirectoryId: uuid('2+'),
  logEndOffset: int64('0+'),
  lastFetchTimestamp: int64('1+', { default: -1, ignorable: true }),
  lastCaughtUpTimestamp: int64('1+', { default: -1, ignorable: true }),
}

/**
 * Tells how far each voter and observer of a Raft quorum has come (KIP-595). v1 adds times (KIP-836), v2 directories,
 * endpoints and messages (KIP-853).
 */
export const DescribeQuorum = api(55, 'DescribeQuorum', {
  versions: '0-2',
  flexible: '0+',
  request: {
    topics: array('0+', { topicName: string('0+'), partitions: array('0+', { partitionIndex: int32('0+') }) }),
  },
  response: {
    errorCode: int16('0+'),
    errorMessage: string('2+', { nullable: '2+', ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('2+', { nullable: '2+', ignorable: true }),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        highWatermark: int64('0+'),
        currentVoters: array('0+', replicaState),
        observers: array('0+', replicaState),
      }),
    }),
    nodes: array('2+', {
      nodeId: int32('2+', { mapKey: true }),
      listeners: array('2+', { name: string('2+', { mapKey: true }), host: string('2+'), port: uint16('2+') }),
    }),
  },
})
