import { api, array, boolean, int16, int32, string } from '../schema.js'

/**
 * Adds partitions to topics (KIP-195). `count` is what there shall be altogether; `assignments` null lets the broker
 * place them. v3 may be throttled (KIP-599).
 */
export const CreatePartitions = api(37, 'CreatePartitions', {
  versions: '0-3',
  flexible: '2+',
  request: {
    topics: array('0+', {
      name: string('0+', { mapKey: true }),
      count: int32('0+'),
      assignments: array('0+', { brokerIds: array('0+', int32) }, { nullable: '0+' }),
    }),
    timeoutMs: int32('0+'),
    validateOnly: boolean('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      name: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
})
