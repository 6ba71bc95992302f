import { api, bytes, int16 } from '../schema.js'

/** Carries a client's request from a broker to the controller, with the client's name (KIP-590). */
export const Envelope = api(58, 'Envelope', {
  versions: '0',
  flexible: '0+',
  request: {
    requestData: bytes('0+'),
    requestPrincipal: bytes('0+', { nullable: '0+' }),
    clientHostAddress: bytes('0+'),
  },
  response: { responseData: bytes('0+', { nullable: '0+', default: null }), errorCode: int16('0+') },
})
