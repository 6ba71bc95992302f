import { api, array, int8, int16, int32, string } from '../schema.js'

/** Adds access rules. v1 adds prefixed patterns (KIP-290), v3 users as a resource (KIP-373). */
export const CreateAcls = api(30, 'CreateAcls', {
  versions: '1-3',
  flexible: '2+',
  request: {
    creations: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      resourcePatternType: int8('1+', { default: 3 }),
      principal: string('0+'),
      host: string('0+'),
      operation: int8('0+'),
      permissionType: int8('0+'),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', { errorCode: int16('0+'), errorMessage: string('0+', { nullable: '0+' }) }),
  },
})
