import { api, array, boolean, int8, int16, int32, string, uuid } from '../schema.js'

/** A client asks which of its metrics somebody wants (KIP-714). */
export const GetTelemetrySubscriptions = api(71, 'GetTelemetrySubscriptions', {
  versions: '0',
  flexible: '0+',
  request: { clientInstanceId: uuid('0+') },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    clientInstanceId: uuid('0+'),
    subscriptionId: int32('0+'),
    acceptedCompressionTypes: array('0+', int8),
    pushIntervalMs: int32('0+'),
    telemetryMaxBytes: int32('0+'),
    deltaTemporality: boolean('0+'),
    requestedMetrics: array('0+', string),
  },
})
