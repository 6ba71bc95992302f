import { array, int16, int32, int64, message, string, struct, uint16, uuid } from '../schema.js'

// Records that control a log, in batches of their own. The key says which it is. Key and EndTxnMarker have their
// version in front, as int16; Raft's records have it inside, as their first field.

const voter = { voterId: int32('0+'), voterDirectoryId: uuid('1+') }

/** The key: 0 abort, 1 commit, 2 leader change, 3 snapshot header, 4 snapshot footer, 5 kraft.version, 6 voters. */
export const ControlRecordTypeSchema = message('ControlRecordTypeSchema', {
  versions: '0',
  flexible: 'none',
  fields: { type: int16('0+') },
})

/** The end of a transaction in a partition; abort or commit is told by the key (KIP-98). */
export const EndTxnMarker = message('EndTxnMarker', {
  versions: '0',
  flexible: 'none',
  fields: { coordinatorEpoch: int32('0+') },
})

/** A new Raft leader, and who voted for it (KIP-595). v1 adds directories (KIP-853). */
export const LeaderChangeMessage = message('LeaderChangeMessage', {
  versions: '0-1',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    leaderId: int32('0+'),
    voters: array('0+', voter),
    grantingVoters: array('0+', voter),
  },
})

/** The first record of a snapshot (KIP-630). */
export const SnapshotHeaderRecord = message('SnapshotHeaderRecord', {
  versions: '0',
  flexible: '0+',
  fields: { version: int16('0+'), lastContainedLogTimestamp: int64('0+') },
})

/** The last record of a snapshot: without it, the snapshot is not whole (KIP-630). */
export const SnapshotFooterRecord = message('SnapshotFooterRecord', {
  versions: '0',
  flexible: '0+',
  fields: { version: int16('0+') },
})

/** The level of the feature kraft.version (KIP-853). */
export const KRaftVersionRecord = message('KRaftVersionRecord', {
  versions: '0',
  flexible: '0+',
  fields: { version: int16('0+'), kRaftVersion: int16('0+') },
})

/** The voters of a Raft quorum (KIP-853). */
export const VotersRecord = message('VotersRecord', {
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    voters: array('0+', {
      voterId: int32('0+'),
      voterDirectoryId: uuid('0+'),
      endpoints: array('0+', { name: string('0+', { mapKey: true }), host: string('0+'), port: uint16('0+') }),
      kRaftVersionFeature: struct('0+', { minSupportedVersion: int16('0+'), maxSupportedVersion: int16('0+') }),
    }),
  },
})
