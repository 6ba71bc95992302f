import { array, int8, int32, message, string, uuid } from '../schema.js'

export const TopicRecord = message('TopicRecord', {
  recordType: 2,
  versions: '0',
  flexible: '0+',
  fields: { name: string('0+'), topicId: uuid('0+') },
})

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

export const RemoveTopicRecord = message('RemoveTopicRecord', {
  recordType: 9,
  versions: '0',
  flexible: '0+',
  fields: { topicId: uuid('0+') },
})

export const ClearElrRecord = message('ClearElrRecord', {
  recordType: 28,
  versions: '0',
  flexible: '0+',
  fields: { topicName: string('0+') },
})
