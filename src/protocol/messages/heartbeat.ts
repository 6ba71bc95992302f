import { api, int16, int32, string } from '../schema.js'

/**
 * A member of a classic group shows that it lives, and learns of a rebalance by the error. v3 adds static members
 * (KIP-345).
 */
export const Heartbeat = api(12, 'Heartbeat', {
  versions: '0-4',
  flexible: '4+',
  request: {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
  },
  response: { throttleTimeMs: int32('1+', { ignorable: true }), errorCode: int16('0+') },
})
