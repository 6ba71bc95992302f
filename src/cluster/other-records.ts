import type { RecordOf } from './records.js'

type OtherRecord = RecordOf<
  | 'ClientQuota'
  | 'UserScramCredential'
  | 'RemoveUserScramCredential'
  | 'DelegationToken'
  | 'RemoveDelegationToken'
  | 'AccessControlEntry'
  | 'RemoveAccessControlEntry'
>

/** What a record is about, and whether it takes away what an earlier one with the same key has set. */
export function otherKey(record: OtherRecord): { readonly key: string; readonly isRemoved: boolean } {
  switch (record.type) {
    case 'AccessControlEntry':
    case 'RemoveAccessControlEntry':
      return { key: `acl:${record.id}`, isRemoved: record.type === 'RemoveAccessControlEntry' }
    case 'UserScramCredential':
    case 'RemoveUserScramCredential':
      return { key: `scram:${record.mechanism}:${record.name}`, isRemoved: record.type === 'RemoveUserScramCredential' }
    case 'DelegationToken':
    case 'RemoveDelegationToken':
      return { key: `token:${record.tokenId}`, isRemoved: record.type === 'RemoveDelegationToken' }
    case 'ClientQuota': {
      const entity = [...record.entity].sort((a, b) => (a.entityType < b.entityType ? -1 : 1))
      const parts = entity.map((part) => [part.entityType, part.entityName])
      return { key: `quota:${JSON.stringify([parts, record.key])}`, isRemoved: record.remove }
    }
  }
}
