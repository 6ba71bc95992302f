import { api, array, boolean, float64, int8, int16, int32, string } from '../schema.js'

/** Lists quotas by user, client id and address (KIP-546). v1 only became flexible. */
export const DescribeClientQuotas = api(48, 'DescribeClientQuotas', {
  versions: '0-1',
  flexible: '1+',
  request: {
    components: array('0+', {
      entityType: string('0+'),
      matchType: int8('0+'),
      match: string('0+', { nullable: '0+' }),
    }),
    strict: boolean('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    entries: array(
      '0+',
      {
        entity: array('0+', { entityType: string('0+'), entityName: string('0+', { nullable: '0+' }) }),
        values: array('0+', { key: string('0+'), value: float64('0+') }),
      },
      { nullable: '0+' },
    ),
  },
})
