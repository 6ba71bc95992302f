import { api, array, boolean, float64, int16, int32, string } from '../schema.js'

/** Sets and removes quotas (KIP-546). v1 only became flexible. */
export const AlterClientQuotas = api(49, 'AlterClientQuotas', {
  versions: '0-1',
  flexible: '1+',
  request: {
    entries: array('0+', {
      entity: array('0+', { entityType: string('0+'), entityName: string('0+', { nullable: '0+' }) }),
      ops: array('0+', { key: string('0+'), value: float64('0+'), remove: boolean('0+') }),
    }),
    validateOnly: boolean('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    entries: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      entity: array('0+', { entityType: string('0+'), entityName: string('0+', { nullable: '0+' }) }),
    }),
  },
})
