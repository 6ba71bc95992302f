import { api, array, boolean, int8, int16, int32, string } from '../schema.js'

/**
 * Replaces all dynamic settings of a resource; what is not named goes back to its default. IncrementalAlterConfigs
 * took its place (KIP-339).
 */
export const AlterConfigs = api(33, 'AlterConfigs', {
  versions: '0-2',
  flexible: '2+',
  request: {
    resources: array('0+', {
      resourceType: int8('0+', { mapKey: true }),
      resourceName: string('0+', { mapKey: true }),
      configs: array('0+', { name: string('0+', { mapKey: true }), value: string('0+', { nullable: '0+' }) }),
    }),
    validateOnly: boolean('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    responses: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
    }),
  },
})
