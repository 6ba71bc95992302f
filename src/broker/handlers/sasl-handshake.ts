import { ErrorCode } from '../../protocol/errors.js'
import { SaslHandshake } from '../../protocol/messages/sasl-handshake.js'
import { handle } from '../handler.js'

/** On a listener without SASL there is no state of a connection in which a handshake could come. */
export const saslHandshake = handle(SaslHandshake, '0-1', () => ({
  errorCode: ErrorCode.ILLEGAL_SASL_STATE,
  mechanisms: [],
}))
