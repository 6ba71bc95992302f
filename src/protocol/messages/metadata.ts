import { api, array, boolean, int16, int32, string, uuid } from '../schema.js'

/**
 * Tells which brokers there are, which topics, and who leads each partition. `topics` null asks for all.
 *
 * In v0 an empty list asked for all topics; since v1 it asks for none. v4 lets the client say whether a missing topic
 * may be created, v5 names offline replicas (KIP-112), v7 leader epochs (KIP-320), v8 authorized operations
 * (KIP-430). v10 carries topic ids (KIP-516), v12 finds topics by id, v13 can refuse as a whole and send a client
 * back to its bootstrap servers (KIP-1102).
 */
export const Metadata = api(3, 'Metadata', {
  versions: '0-13',
  flexible: '9+',
  request: {
    topics: array(
      '0+',
      { topicId: uuid('10+', { ignorable: true }), name: string('0+', { nullable: '10+' }) },
      { nullable: '1+', emptyMeansNull: '0' },
    ),
    allowAutoTopicCreation: boolean('4+', { default: true }),
    includeClusterAuthorizedOperations: boolean('8-10'),
    includeTopicAuthorizedOperations: boolean('8+'),
  },
  response: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    brokers: array('0+', {
      nodeId: int32('0+', { mapKey: true }),
      host: string('0+'),
      port: int32('0+'),
      rack: string('1+', { nullable: '1+', default: null, ignorable: true }),
    }),
    clusterId: string('2+', { nullable: '2+', default: null, ignorable: true }),
    controllerId: int32('1+', { default: -1, ignorable: true }),
    topics: array('0+', {
      errorCode: int16('0+'),
      name: string('0+', { nullable: '12+', mapKey: true }),
      topicId: uuid('10+', { ignorable: true }),
      isInternal: boolean('1+', { default: false, ignorable: true }),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partitionIndex: int32('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('7+', { default: -1, ignorable: true }),
        replicaNodes: array('0+', int32),
        isrNodes: array('0+', int32),
        offlineReplicas: array('5+', int32, { ignorable: true }),
      }),
      topicAuthorizedOperations: int32('8+', { default: -2147483648 }),
    }),
    clusterAuthorizedOperations: int32('8-10', { default: -2147483648 }),
    errorCode: int16('13+', { ignorable: true }),
  },
})
