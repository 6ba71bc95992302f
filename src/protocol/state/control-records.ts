import { array, int16, int32, int64, message, string, struct, uint16, uuid } from '../schema.js'

const voter = { voterId: int32('0+'), voterDirectoryId: uuid('1+') }

export const ControlRecordTypeSchema = message('ControlRecordTypeSchema', {
  versions: '0',
  flexible: 'none',
  fields: { type: int16('0+') },
})

export const EndTxnMarker = message('EndTxnMarker', {
  versions: '0',
  flexible: 'none',
  fields: { coordinatorEpoch: int32('0+') },
})

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

export const SnapshotHeaderRecord = message('SnapshotHeaderRecord', {
  versions: '0',
  flexible: '0+',
  fields: { version: int16('0+'), lastContainedLogTimestamp: int64('0+') },
})

export const SnapshotFooterRecord = message('SnapshotFooterRecord', {
  versions: '0',
  flexible: '0+',
  fields: { version: int16('0+') },
})

export const KRaftVersionRecord = message('KRaftVersionRecord', {
  versions: '0',
  flexible: '0+',
  fields: { version: int16('0+'), kRaftVersion: int16('0+') },
})

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
