import { array, int8, int32, message, string, uuid } from '../schema.js'

// Records of the metadata log, `__cluster_metadata-0`. In front of the fields stand three unsigned varints: 1, the
// record type and the version.

/** A topic is there. */
export const TopicRecord = message('TopicRecord', {
  recordType: 2,
  versions: '0',
  flexible: '0+',
  fields: { name: string('0+'), topicId: uuid('0+') },
})

/**
 * A partition is there, whole. v1 adds directories (KIP-858), v2 the replicas that may lead although not in sync
 * (KIP-966).
 */
export const PartitionRecord = message('PartitionRecord', {
  recordType: 3,
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32('0+', { default: -1 }),
    topicId: uuid('0+'),
    replicas: array('0+', int32),
    isr: array('0+', int32),
    removingReplicas: array('0+', int32),
    addingReplicas: array('0+', int32),
    leader: int32('0+', { default: -1 }),
    leaderRecoveryState: int8('0+', { default: 0, tag: 0, taggedVersions: '0+' }),
    leaderEpoch: int32('0+', { default: -1 }),
    partitionEpoch: int32('0+', { default: -1 }),
    directories: array('1+', uuid),
    eligibleLeaderReplicas: array('2+', int32, { nullable: '2+', default: null, tag: 1, taggedVersions: '2+' }),
    lastKnownElr: array('2+', int32, { nullable: '2+', default: null, tag: 2, taggedVersions: '2+' }),
  },
})

/**
 * What changed in a partition: null, -2 for the leader and -1 for its recovery leave as it is. v1 adds directories
 * (KIP-858), v2 eligible replicas (KIP-966).
 */
export const PartitionChangeRecord = message('PartitionChangeRecord', {
  recordType: 5,
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32('0+', { default: -1 }),
    topicId: uuid('0+'),
    isr: array('0+', int32, { nullable: '0+', default: null, tag: 0, taggedVersions: '0+' }),
    leader: int32('0+', { default: -2, tag: 1, taggedVersions: '0+' }),
    replicas: array('0+', int32, { nullable: '0+', default: null, tag: 2, taggedVersions: '0+' }),
    removingReplicas: array('0+', int32, { nullable: '0+', default: null, tag: 3, taggedVersions: '0+' }),
    addingReplicas: array('0+', int32, { nullable: '0+', default: null, tag: 4, taggedVersions: '0+' }),
    leaderRecoveryState: int8('0+', { default: -1, tag: 5, taggedVersions: '0+' }),
    directories: array('1+', uuid, { nullable: '1+', default: null, tag: 8, taggedVersions: '1+' }),
    eligibleLeaderReplicas: array('2+', int32, { nullable: '2+', default: null, tag: 6, taggedVersions: '2+' }),
    lastKnownElr: array('2+', int32, { nullable: '2+', default: null, tag: 7, taggedVersions: '2+' }),
  },
})

/** A topic is gone. */
export const RemoveTopicRecord = message('RemoveTopicRecord', {
  recordType: 9,
  versions: '0',
  flexible: '0+',
  fields: { topicId: uuid('0+') },
})

/** The replicas that may lead although not in sync are forgotten, of one topic or of all (KIP-966). */
export const ClearElrRecord = message('ClearElrRecord', {
  recordType: 28,
  versions: '0',
  flexible: '0+',
  fields: { topicName: string('0+') },
})
