import { api, array, int16, int32, string } from '../schema.js'

/**
 * Members leave a classic group. v0-2 carry one member; v3 several, each with its own error (KIP-345); v5 their
 * reason (KIP-800).
 */
export const LeaveGroup = api(13, 'LeaveGroup', {
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string('0+'),
    memberId: string('0-2'),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: string('3+', { nullable: '3+', default: null }),
      reason: string('5+', { nullable: '5+', default: null, ignorable: true }),
    }),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: string('3+', { nullable: '3+' }),
      errorCode: int16('3+'),
    }),
  },
})
