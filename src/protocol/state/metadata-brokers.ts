import { array, boolean, int8, int16, int32, int64, message, string, uint16, uuid } from '../schema.js'

// Records of the metadata log, `__cluster_metadata-0`. In front of the fields stand three unsigned varints: 1, the
// record type and the version.

/**
 * A broker is there. v1 adds controlled shutdown (KIP-841), v2 was for the migration from ZooKeeper, v3 adds log
 * directories (KIP-858), v4 cordoned ones (KIP-1066).
 */
export const RegisterBrokerRecord = message('RegisterBrokerRecord', {
  recordType: 0,
  versions: '0-4',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    isMigratingZkBroker: boolean('2+', { default: false }),
    incarnationId: uuid('0+'),
    brokerEpoch: int64('0+'),
    endPoints: array('0+', {
      name: string('0+', { mapKey: true }),
      host: string('0+'),
      port: uint16('0+'),
      securityProtocol: int16('0+'),
    }),
    features: array('0+', {
      name: string('0+', { mapKey: true }),
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
    rack: string('0+', { nullable: '0+' }),
    fenced: boolean('0+', { default: true }),
    inControlledShutdown: boolean('1+', { default: false }),
    logDirs: array('3+', uuid, { tag: 0, taggedVersions: '3+' }),
    cordonedLogDirs: array('4+', uuid, { nullable: '4+', default: null, tag: 1, taggedVersions: '4+' }),
  },
})

/** A broker is gone for good. */
export const UnregisterBrokerRecord = message('UnregisterBrokerRecord', {
  recordType: 1,
  versions: '0',
  flexible: '0+',
  fields: { brokerId: int32('0+'), brokerEpoch: int64('0+') },
})

/** A broker may not serve: the older form of BrokerRegistrationChangeRecord with `fenced` 1. */
export const FenceBrokerRecord = message('FenceBrokerRecord', {
  recordType: 7,
  versions: '0',
  flexible: '0+',
  fields: { id: int32('0+'), epoch: int64('0+') },
})

/** A broker may serve: the older form of BrokerRegistrationChangeRecord with `fenced` -1. */
export const UnfenceBrokerRecord = message('UnfenceBrokerRecord', {
  recordType: 8,
  versions: '0',
  flexible: '0+',
  fields: { id: int32('0+'), epoch: int64('0+') },
})

/**
 * What changed in a broker: `fenced` and `inControlledShutdown` are -1 no longer, 0 unchanged, 1 now. v2 adds log
 * directories (KIP-858), v3 cordoned ones (KIP-1066).
 */
export const BrokerRegistrationChangeRecord = message('BrokerRegistrationChangeRecord', {
  recordType: 17,
  versions: '0-3',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+'),
    fenced: int8('0+', { tag: 0, taggedVersions: '0+' }),
    inControlledShutdown: int8('1+', { tag: 1, taggedVersions: '1+' }),
    logDirs: array('2+', uuid, { tag: 2, taggedVersions: '2+' }),
    cordonedLogDirs: array('3+', uuid, { nullable: '3+', default: null, tag: 3, taggedVersions: '3+' }),
  },
})

/** A controller is there (KIP-919). */
export const RegisterControllerRecord = message('RegisterControllerRecord', {
  recordType: 27,
  versions: '0',
  flexible: '0+',
  fields: {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: boolean('0+'),
    endPoints: array('0+', {
      name: string('0+', { mapKey: true }),
      host: string('0+'),
      port: uint16('0+'),
      securityProtocol: int16('0+'),
    }),
    features: array('0+', {
      name: string('0+', { mapKey: true }),
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
  },
})
