import { api, array, int8, int16, int32, string } from '../schema.js'

/** Tells which SCRAM mechanisms users have, and their iterations; `users` null asks for all (KIP-554). */
export const DescribeUserScramCredentials = api(50, 'DescribeUserScramCredentials', {
  versions: '0',
  flexible: '0+',
  request: { users: array('0+', { name: string('0+') }, { nullable: '0+' }) },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array('0+', {
      user: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      credentialInfos: array('0+', { mechanism: int8('0+'), iterations: int32('0+') }),
    }),
  },
})
