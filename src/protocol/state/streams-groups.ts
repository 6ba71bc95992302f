import { array, int8, int16, int32, int64, int64Bits, message, string, struct, uint16 } from '../schema.js'

// Records of Kafka Streams' groups in `__consumer_offsets` (KIP-1071): a key is its record type as int16, then its
// fields; a value its version, then its fields.

const taskIds = {
  subtopologyId: string('0+'),
  partitions: array('0+', int32),
  assignmentEpochs: array('0+', int32, { nullable: '0+', tag: 0, taggedVersions: '0+' }),
}

const endpoint = { host: string('0+'), port: uint16('0+') }

const keyValue = { key: string('0+'), value: string('0+') }

const lastAssignmentConfig = { key: string('0+'), value: string('0+') }

const streamsGroupTargetAssignmentMemberValueTaskIds = { subtopologyId: string('0+'), partitions: array('0+', int32) }

const topicConfig = { key: string('0+'), value: string('0+') }

const topicInfo = {
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: array('0+', topicConfig),
}

export const StreamsGroupCurrentMemberAssignmentKey = message('StreamsGroupCurrentMemberAssignmentKey', {
  recordType: 22,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

export const StreamsGroupCurrentMemberAssignmentValue = message('StreamsGroupCurrentMemberAssignmentValue', {
  recordType: 22,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    activeTasks: array('0+', taskIds),
    standbyTasks: array('0+', taskIds),
    warmupTasks: array('0+', taskIds),
    activeTasksPendingRevocation: array('0+', taskIds),
    standbyTasksPendingRevocation: array('0+', taskIds),
    warmupTasksPendingRevocation: array('0+', taskIds),
  },
})

export const StreamsGroupMemberMetadataKey = message('StreamsGroupMemberMetadataKey', {
  recordType: 19,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

export const StreamsGroupMemberMetadataValue = message('StreamsGroupMemberMetadataValue', {
  recordType: 19,
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topologyEpoch: int32('0+'),
    processId: string('0+'),
    userEndpoint: struct('0+', endpoint, { nullable: '0+', default: null }),
    clientTags: array('0+', keyValue),
  },
})

export const StreamsGroupMetadataKey = message('StreamsGroupMetadataKey', {
  recordType: 17,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

export const StreamsGroupMetadataValue = message('StreamsGroupMetadataValue', {
  recordType: 17,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    metadataHash: int64Bits('0+'),
    validatedTopologyEpoch: int32('0+', { default: -1, tag: 0, taggedVersions: '0+' }),
    lastAssignmentConfigs: array('0+', lastAssignmentConfig, { nullable: '0+', tag: 1, taggedVersions: '0+' }),
  },
})

export const StreamsGroupTargetAssignmentMemberKey = message('StreamsGroupTargetAssignmentMemberKey', {
  recordType: 21,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), memberId: string('0') },
})

export const StreamsGroupTargetAssignmentMemberValue = message('StreamsGroupTargetAssignmentMemberValue', {
  recordType: 21,
  versions: '0',
  flexible: '0+',
  fields: {
    activeTasks: array('0+', streamsGroupTargetAssignmentMemberValueTaskIds),
    standbyTasks: array('0+', streamsGroupTargetAssignmentMemberValueTaskIds),
    warmupTasks: array('0+', streamsGroupTargetAssignmentMemberValueTaskIds),
  },
})

export const StreamsGroupTargetAssignmentMetadataKey = message('StreamsGroupTargetAssignmentMetadataKey', {
  recordType: 20,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

export const StreamsGroupTargetAssignmentMetadataValue = message('StreamsGroupTargetAssignmentMetadataValue', {
  recordType: 20,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { default: 0, tag: 0, taggedVersions: '0+', ignorable: true }),
  },
})

export const StreamsGroupTopologyKey = message('StreamsGroupTopologyKey', {
  recordType: 23,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0') },
})

export const StreamsGroupTopologyValue = message('StreamsGroupTopologyValue', {
  recordType: 23,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    subtopologies: array('0+', {
      subtopologyId: string('0+'),
      sourceTopics: array('0+', string),
      sourceTopicRegex: array('0+', string),
      stateChangelogTopics: array('0+', topicInfo),
      repartitionSinkTopics: array('0+', string),
      repartitionSourceTopics: array('0+', topicInfo),
      copartitionGroups: array('0+', {
        sourceTopics: array('0+', int16),
        sourceTopicRegex: array('0+', int16),
        repartitionSourceTopics: array('0+', int16),
      }),
    }),
  },
})
