import { api, array, boolean, int16, int32, string, uint16, uuid } from '../schema.js'

/** A controller introduces itself to the active one (KIP-919). */
export const ControllerRegistration = api(70, 'ControllerRegistration', {
  versions: '0',
  flexible: '0+',
  request: {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: boolean('0+'),
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
  },
  response: { throttleTimeMs: int32('0+'), errorCode: int16('0+'), errorMessage: string('0+', { nullable: '0+' }) },
})
