import { int8, message, string } from '../schema.js'

// Records of the metadata log, `__cluster_metadata-0`. In front of the fields stand three unsigned varints: 1, the
// record type and the version.

/** Nothing: it makes the log move, so that followers and brokers see the controller live (KIP-835). */
export const NoOpRecord = message('NoOpRecord', { recordType: 20, versions: '0', flexible: '0+', fields: {} })

/** What follows belongs together: it counts only with its EndTransactionRecord (KIP-866). */
export const BeginTransactionRecord = message('BeginTransactionRecord', {
  recordType: 23,
  versions: '0',
  flexible: '0+',
  fields: { name: string('0+', { nullable: '0+', default: null, tag: 0, taggedVersions: '0+' }) },
})

/** What followed BeginTransactionRecord counts. */
export const EndTransactionRecord = message('EndTransactionRecord', {
  recordType: 24,
  versions: '0',
  flexible: '0+',
  fields: {},
})

/** What followed BeginTransactionRecord does not count. */
export const AbortTransactionRecord = message('AbortTransactionRecord', {
  recordType: 25,
  versions: '0',
  flexible: '0+',
  fields: { reason: string('0+', { nullable: '0+', default: null, tag: 0, taggedVersions: '0+' }) },
})

/** How far the migration from ZooKeeper has come (KIP-866); 0 for a cluster that never had one. */
export const ZkMigrationStateRecord = message('ZkMigrationStateRecord', {
  recordType: 21,
  versions: '0',
  flexible: '0+',
  fields: { zkMigrationState: int8('0+') },
})
