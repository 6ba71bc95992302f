import { array, bytes, int8, int32, int64, message, string, uuid } from '../schema.js'

// Records of the metadata log, `__cluster_metadata-0`. In front of the fields stand three unsigned varints: 1, the
// record type and the version.

/** A user's SCRAM credential. */
export const UserScramCredentialRecord = message('UserScramCredentialRecord', {
  recordType: 11,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    mechanism: int8('0+'),
    salt: bytes('0+'),
    storedKey: bytes('0+'),
    serverKey: bytes('0+'),
    iterations: int32('0+'),
  },
})

/** A user's SCRAM credential is gone. */
export const RemoveUserScramCredentialRecord = message('RemoveUserScramCredentialRecord', {
  recordType: 22,
  versions: '0',
  flexible: '0+',
  fields: { name: string('0+'), mechanism: int8('0+') },
})

/** A delegation token. */
export const DelegationTokenRecord = message('DelegationTokenRecord', {
  recordType: 10,
  versions: '0',
  flexible: '0+',
  fields: {
    owner: string('0+'),
    requester: string('0+'),
    renewers: array('0+', string),
    issueTimestamp: int64('0+'),
    maxTimestamp: int64('0+'),
    expirationTimestamp: int64('0+'),
    tokenId: string('0+'),
  },
})

/** A delegation token is gone. */
export const RemoveDelegationTokenRecord = message('RemoveDelegationTokenRecord', {
  recordType: 26,
  versions: '0',
  flexible: '0+',
  fields: { tokenId: string('0+') },
})

/** An access rule. */
export const AccessControlEntryRecord = message('AccessControlEntryRecord', {
  recordType: 18,
  versions: '0',
  flexible: '0+',
  fields: {
    id: uuid('0+'),
    resourceType: int8('0+'),
    resourceName: string('0+'),
    patternType: int8('0+'),
    principal: string('0+'),
    host: string('0+'),
    operation: int8('0+'),
    permissionType: int8('0+'),
  },
})

/** An access rule is gone. */
export const RemoveAccessControlEntryRecord = message('RemoveAccessControlEntryRecord', {
  recordType: 19,
  versions: '0',
  flexible: '0+',
  fields: { id: uuid('0+') },
})
