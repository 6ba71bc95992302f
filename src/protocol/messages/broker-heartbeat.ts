import { api, array, boolean, int16, int32, int64, uuid } from '../schema.js'

/**
 * A broker shows the controller that it lives, and asks to be unfenced or to stop (KIP-631). v1 tells of directories
 * that failed (KIP-858), v2 of cordoned ones (KIP-1066).
 */
export const BrokerHeartbeat = api(63, 'BrokerHeartbeat', {
  versions: '0-2',
  flexible: '0+',
  request: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    currentMetadataOffset: int64('0+'),
    wantFence: boolean('0+'),
    wantShutDown: boolean('0+'),
    offlineLogDirs: array('1+', uuid, { tag: 0, taggedVersions: '1+' }),
    cordonedLogDirs: array('2+', uuid, { nullable: '2+', default: null, tag: 1, taggedVersions: '2+' }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    isCaughtUp: boolean('0+', { default: false }),
    isFenced: boolean('0+', { default: true }),
    shouldShutDown: boolean('0+'),
  },
})
