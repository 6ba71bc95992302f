import { api, bytes, int16, int32, int64 } from '../schema.js'

/** Changes when a delegation token ends; a negative period ends it at once (KIP-48). */
export const ExpireDelegationToken = api(40, 'ExpireDelegationToken', {
  versions: '1-2',
  flexible: '2+',
  request: { hmac: bytes('0+'), expiryTimePeriodMs: int64('0+') },
  response: { errorCode: int16('0+'), expiryTimestampMs: int64('0+'), throttleTimeMs: int32('0+') },
})
