import { int8, message, string } from '../schema.js'

export const NoOpRecord = message('NoOpRecord', { recordType: 20, versions: '0', flexible: '0+', fields: {} })

export const BeginTransactionRecord = message('BeginTransactionRecord', {
  recordType: 23,
  versions: '0',
  flexible: '0+',
  fields: { name: string('0+', { nullable: '0+', default: null, tag: 0, taggedVersions: '0+' }) },
})

export const EndTransactionRecord = message('EndTransactionRecord', {
  recordType: 24,
  versions: '0',
  flexible: '0+',
  fields: {},
})

export const AbortTransactionRecord = message('AbortTransactionRecord', {
  recordType: 25,
  versions: '0',
  flexible: '0+',
  fields: { reason: string('0+', { nullable: '0+', default: null, tag: 0, taggedVersions: '0+' }) },
})

export const ZkMigrationStateRecord = message('ZkMigrationStateRecord', {
  recordType: 21,
  versions: '0',
  flexible: '0+',
  fields: { zkMigrationState: int8('0+') },
})
