import { api, int16, int32, string } from '../schema.js'

/** Takes a broker off the controller's books (KIP-631). */
export const UnregisterBroker = api(64, 'UnregisterBroker', {
  versions: '0',
  flexible: '0+',
  request: { brokerId: int32('0+') },
  response: { throttleTimeMs: int32('0+'), errorCode: int16('0+'), errorMessage: string('0+', { nullable: '0+' }) },
})
