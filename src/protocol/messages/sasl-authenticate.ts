import { api, bytes, int16, int64, string } from '../schema.js'

/** Carries SASL's tokens. v1 says how long the session lasts (KIP-368). */
export const SaslAuthenticate = api(36, 'SaslAuthenticate', {
  versions: '0-2',
  flexible: '2+',
  request: { authBytes: bytes('0+') },
  response: {
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    authBytes: bytes('0+'),
    sessionLifetimeMs: int64('1+', { default: 0, ignorable: true }),
  },
})
