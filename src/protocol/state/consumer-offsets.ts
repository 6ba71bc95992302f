import { array, bytes, int8, int32, int64, int64Bits, message, string, struct, uuid } from '../schema.js'

// Records of `__consumer_offsets`. A key is its record type as int16, then its fields; a value is its version as
// int16, then its fields; a value of null deletes. Numbers of classic groups and offsets, then those of the new
// consumer groups (KIP-848).

const topicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', int32),
  assignmentEpochs: array('0+', int32, { nullable: '0+', tag: 0, taggedVersions: '0+' }),
}

const memberMetadata = {
  memberId: string('0+'),
  groupInstanceId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  clientId: string('0+'),
  clientHost: string('0+'),
  rebalanceTimeout: int32('1+', { default: -1, ignorable: true }),
  sessionTimeout: int32('0+'),
  subscription: bytes('0+'),
  assignment: bytes('0+'),
}

/** What a member holds now. */
export const ConsumerGroupCurrentMemberAssignmentKey = message('ConsumerGroupCurrentMemberAssignmentKey', {
  recordType: 8,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

/** What a member holds now, and what it has still to give back before it moves on. */
export const ConsumerGroupCurrentMemberAssignmentValue = message('ConsumerGroupCurrentMemberAssignmentValue', {
  recordType: 8,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array('0+', topicPartitions),
    partitionsPendingRevocation: array('0+', topicPartitions),
  },
})

/** A member of a group of the new protocol. */
export const ConsumerGroupMemberMetadataKey = message('ConsumerGroupMemberMetadataKey', {
  recordType: 5,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

/**
 * What a member told. `classicMemberMetadata` is for members that speak the classic protocol; null for others, which
 * must be said: the default is a struct of empty values.
 */
export const ConsumerGroupMemberMetadataValue = message('ConsumerGroupMemberMetadataValue', {
  recordType: 5,
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', string),
    subscribedTopicRegex: string('0+', { nullable: '0+' }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    serverAssignor: string('0+', { nullable: '0+' }),
    classicMemberMetadata: struct(
      '0+',
      { sessionTimeoutMs: int32('0+'), supportedProtocols: array('0+', { name: string('0+'), metadata: bytes('0+') }) },
      { nullable: '0+', tag: 0, taggedVersions: '0+' },
    ),
  },
})

/** A group of the new protocol. */
export const ConsumerGroupMetadataKey = message('ConsumerGroupMetadataKey', {
  recordType: 3,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

/** Its epoch, which grows with every change of members or topics, and a hash of what it subscribes to. */
export const ConsumerGroupMetadataValue = message('ConsumerGroupMetadataValue', {
  recordType: 3,
  versions: '0',
  flexible: '0+',
  fields: { epoch: int32('0+'), metadataHash: int64Bits('0+', { default: 0n, tag: 0, taggedVersions: '0+' }) },
})

/** The topics that a group subscribes to; no longer written since the hash took its place. */
export const ConsumerGroupPartitionMetadataKey = message('ConsumerGroupPartitionMetadataKey', {
  recordType: 4,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

export const ConsumerGroupPartitionMetadataValue = message('ConsumerGroupPartitionMetadataValue', {
  recordType: 4,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array('0+', {
      topicId: uuid('0+'),
      topicName: string('0+'),
      numPartitions: int32('0+'),
      partitionMetadata: array('0+', { partition: int32('0+'), racks: array('0+', string) }),
    }),
  },
})

/** A pattern that a group's members subscribe by. */
export const ConsumerGroupRegularExpressionKey = message('ConsumerGroupRegularExpressionKey', {
  recordType: 16,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), regularExpression: string('0') },
})

/** The topics that the pattern stood for, and when that was found. */
export const ConsumerGroupRegularExpressionValue = message('ConsumerGroupRegularExpressionValue', {
  recordType: 16,
  versions: '0',
  flexible: '0+',
  fields: { topics: array('0+', string), version: int64('0+'), timestamp: int64('0+') },
})

/** A member's part of the assignment that the group is moving to. */
export const ConsumerGroupTargetAssignmentMemberKey = message('ConsumerGroupTargetAssignmentMemberKey', {
  recordType: 7,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

export const ConsumerGroupTargetAssignmentMemberValue = message('ConsumerGroupTargetAssignmentMemberValue', {
  recordType: 7,
  versions: '0',
  flexible: '0+',
  fields: { topicPartitions: array('0+', { topicId: uuid('0+'), partitions: array('0+', int32) }) },
})

/** The assignment that a group is moving to. */
export const ConsumerGroupTargetAssignmentMetadataKey = message('ConsumerGroupTargetAssignmentMetadataKey', {
  recordType: 6,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

/** The epoch that it belongs to. */
export const ConsumerGroupTargetAssignmentMetadataValue = message('ConsumerGroupTargetAssignmentMetadataValue', {
  recordType: 6,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { default: 0, tag: 0, taggedVersions: '0+', ignorable: true }),
  },
})

/** A classic group. */
export const GroupMetadataKey = message('GroupMetadataKey', {
  recordType: 2,
  versions: '0',
  flexible: 'none',
  fields: { group: string('0') },
})

/**
 * A classic group between two rebalances, with each member's subscription and assignment as the client's own bytes.
 *
 * v1 adds rebalance timeouts, v2 the time of the last change of state, v3 static members (KIP-345).
 */
export const GroupMetadataValue = message('GroupMetadataValue', {
  recordType: 2,
  versions: '0-4',
  flexible: '4+',
  fields: {
    protocolType: string('0+'),
    generation: int32('0+'),
    protocol: string('0+', { nullable: '0+' }),
    leader: string('0+', { nullable: '0+' }),
    currentStateTimestamp: int64('2+', { default: -1, ignorable: true }),
    members: array('0+', memberMetadata),
  },
})

/** As OffsetCommitKey: the same record, as Kafka before 0.9 wrote it. */
export const LegacyOffsetCommitKey = message('LegacyOffsetCommitKey', {
  recordType: 0,
  versions: '0',
  flexible: 'none',
  fields: { group: string('0'), topic: string('0'), partition: int32('0') },
})

/** As OffsetCommitValue v0. */
export const LegacyOffsetCommitValue = message('LegacyOffsetCommitValue', {
  recordType: 0,
  versions: '0',
  flexible: 'none',
  fields: { offset: int64('0'), metadata: string('0'), commitTimestamp: int64('0') },
})

/** Whose offset it is. Records of type 0 have the same fields. */
export const OffsetCommitKey = message('OffsetCommitKey', {
  recordType: 1,
  versions: '0',
  flexible: 'none',
  fields: { group: string('0'), topic: string('0'), partition: int32('0') },
})

/** A committed offset. v1 carried the client's own time of expiry, v3 the leader epoch (KIP-320), v4 the topic id. */
export const OffsetCommitValue = message('OffsetCommitValue', {
  recordType: 1,
  versions: '0-4',
  flexible: '4+',
  fields: {
    offset: int64('0+'),
    leaderEpoch: int32('3+', { default: -1, ignorable: true }),
    metadata: string('0+'),
    commitTimestamp: int64('0+'),
    expireTimestamp: int64('1', { default: -1, ignorable: true }),
    topicId: uuid('4+', { tag: 0, taggedVersions: '4+', ignorable: true }),
  },
})
