import { api, array, int16, string } from '../schema.js'

/**
 * Chooses a SASL mechanism. After v0 the tokens follow as bare frames; after v1 inside SaslAuthenticate (KIP-152).
 * Never became flexible.
 */
export const SaslHandshake = api(17, 'SaslHandshake', {
  versions: '0-1',
  flexible: 'none',
  request: { mechanism: string('0+') },
  response: { errorCode: int16('0+'), mechanisms: array('0+', string) },
})
