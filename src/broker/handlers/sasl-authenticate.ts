import { ErrorCode } from '../../protocol/errors.js'
import { SaslAuthenticate } from '../../protocol/messages/sasl-authenticate.js'
import { handle } from '../handler.js'

/** On a listener without SASL there is no handshake that this could follow. */
export const saslAuthenticate = handle(SaslAuthenticate, '0-2', () => ({
  errorCode: ErrorCode.ILLEGAL_SASL_STATE,
  errorMessage: 'SaslAuthenticate request received after successful authentication',
  authBytes: Buffer.alloc(0),
}))
