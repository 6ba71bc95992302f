import { api, array, int16, string } from '../schema.js'

export const SaslHandshake = api(17, 'SaslHandshake', {
  versions: '0-1',
  flexible: 'none',
  request: { mechanism: string('0+') },
  response: { errorCode: int16('0+'), mechanisms: array('0+', string) },
})
