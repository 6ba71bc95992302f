import { api, array, int16, int32, string, uint16, uuid } from '../schema.js'

/** A new Raft leader tells the voters so (KIP-595). v1 adds directories and endpoints (KIP-853). */
export const BeginQuorumEpoch = api(53, 'BeginQuorumEpoch', {
  versions: '0-1',
  flexible: '1+',
  request: {
    clusterId: string('0+', { nullable: '0+', default: null }),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
    leaderEndpoints: array(
      '1+',
      { name: string('1+', { mapKey: true }), host: string('1+'), port: uint16('1+') },
      { ignorable: true },
    ),
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
      }),
    }),
    nodeEndpoints: array(
      '1+',
      { nodeId: int32('1+', { mapKey: true }), host: string('1+'), port: uint16('1+') },
      { tag: 0, taggedVersions: '1+' },
    ),
  },
})
