import { array, int8, int32, int64, int64Bits, message, string, uuid } from '../schema.js'

// Records of share groups in `__consumer_offsets` (KIP-932): a key is its record type as int16, then its fields; a
// value its version, then its fields.

const topicPartitions = { topicId: uuid('0+'), partitions: array('0+', int32) }

const topicPartitionsInfo = { topicId: uuid('0+'), topicName: string('0+'), partitions: array('0+', int32) }

const topicInfo = { topicId: uuid('0+'), topicName: string('0+') }

export const ShareGroupCurrentMemberAssignmentKey = message('ShareGroupCurrentMemberAssignmentKey', {
  recordType: 14,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

export const ShareGroupCurrentMemberAssignmentValue = message('ShareGroupCurrentMemberAssignmentValue', {
  recordType: 14,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array('0+', topicPartitions),
  },
})

export const ShareGroupMemberMetadataKey = message('ShareGroupMemberMetadataKey', {
  recordType: 10,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

export const ShareGroupMemberMetadataValue = message('ShareGroupMemberMetadataValue', {
  recordType: 10,
  versions: '0',
  flexible: '0+',
  fields: {
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', string),
  },
})

export const ShareGroupMetadataKey = message('ShareGroupMetadataKey', {
  recordType: 11,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

export const ShareGroupMetadataValue = message('ShareGroupMetadataValue', {
  recordType: 11,
  versions: '0',
  flexible: '0+',
  fields: { epoch: int32('0+'), metadataHash: int64Bits('0+') },
})

export const ShareGroupStatePartitionMetadataKey = message('ShareGroupStatePartitionMetadataKey', {
  recordType: 15,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

export const ShareGroupStatePartitionMetadataValue = message('ShareGroupStatePartitionMetadataValue', {
  recordType: 15,
  versions: '0',
  flexible: '0+',
  fields: {
    initializingTopics: array('0+', topicPartitionsInfo),
    initializedTopics: array('0+', topicPartitionsInfo),
    deletingTopics: array('0+', topicInfo),
  },
})

export const ShareGroupTargetAssignmentMemberKey = message('ShareGroupTargetAssignmentMemberKey', {
  recordType: 13,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

export const ShareGroupTargetAssignmentMemberValue = message('ShareGroupTargetAssignmentMemberValue', {
  recordType: 13,
  versions: '0',
  flexible: '0+',
  fields: { topicPartitions: array('0+', { topicId: uuid('0+'), partitions: array('0+', int32) }) },
})

export const ShareGroupTargetAssignmentMetadataKey = message('ShareGroupTargetAssignmentMetadataKey', {
  recordType: 12,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

export const ShareGroupTargetAssignmentMetadataValue = message('ShareGroupTargetAssignmentMetadataValue', {
  recordType: 12,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { default: 0, tag: 0, taggedVersions: '0+', ignorable: true }),
  },
})
