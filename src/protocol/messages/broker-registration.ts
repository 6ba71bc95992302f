import { api, array, boolean, int16, int32, int64, string, uint16, uuid } from '../schema.js'

/**
 * A broker introduces itself to the controller (KIP-631). v1 was for the migration from ZooKeeper, v2 adds log
 * directories (KIP-858), v3 the broker's earlier epoch (KIP-966), v4 cordoned ones (KIP-1066).
 */
export const BrokerRegistration = api(62, 'BrokerRegistration', {
  versions: '0-4',
  flexible: '0+',
  request: {
    brokerId: int32('0+'),
    clusterId: string('0+'),
    incarnationId: uuid('0+'),
    listeners: array('0+', {
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
    isMigratingZkBroker: boolean('1+', { default: false }),
    logDirs: array('2+', uuid, { ignorable: true }),
    previousBrokerEpoch: int64('3+', { default: -1, ignorable: true }),
  },
  response: { throttleTimeMs: int32('0+'), errorCode: int16('0+'), brokerEpoch: int64('0+', { default: -1 }) },
})
