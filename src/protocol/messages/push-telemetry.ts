import { api, boolean, bytes, int8, int16, int32, uuid } from '../schema.js'

/** A client delivers its metrics, in OTLP (KIP-714). */
export const PushTelemetry = api(72, 'PushTelemetry', {
  versions: '0',
  flexible: '0+',
  request: {
    clientInstanceId: uuid('0+'),
    subscriptionId: int32('0+'),
    terminating: boolean('0+'),
    compressionType: int8('0+'),
    metrics: bytes('0+'),
  },
  response: { throttleTimeMs: int32('0+'), errorCode: int16('0+') },
})
