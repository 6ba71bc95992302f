import { array, int8, int16, int32, int64, message, string, uuid } from '../schema.js'

// Records of `__share_group_state` (KIP-932): a key is its record type as int16, then its fields; a value its
// version, then its fields.

export const ShareSnapshotKey = message('ShareSnapshotKey', {
  recordType: 0,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), topicId: uuid('0'), partition: int32('0') },
})

/** The whole state of a share partition. */
export const ShareSnapshotValue = message('ShareSnapshotValue', {
  recordType: 0,
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32('0+'),
    stateEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: int64('0+'),
    deliveryCompleteCount: int32('0+', { default: -1, tag: 0, taggedVersions: '0+' }),
    createTimestamp: int64('0+'),
    writeTimestamp: int64('0+'),
    stateBatches: array('0+', {
      firstOffset: int64('0+'),
      lastOffset: int64('0+'),
      deliveryState: int8('0+'),
      deliveryCount: int16('0+'),
    }),
  },
})

export const ShareUpdateKey = message('ShareUpdateKey', {
  recordType: 1,
  versions: '0',
  flexible: 'none',
  fields: { groupId: string('0'), topicId: uuid('0'), partition: int32('0') },
})

/** What changed in the state of a share partition since its snapshot. */
export const ShareUpdateValue = message('ShareUpdateValue', {
  recordType: 1,
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: int64('0+'),
    deliveryCompleteCount: int32('0+', { default: -1, tag: 0, taggedVersions: '0+' }),
    stateBatches: array('0+', {
      firstOffset: int64('0+'),
      lastOffset: int64('0+'),
      deliveryState: int8('0+'),
      deliveryCount: int16('0+'),
    }),
  },
})
