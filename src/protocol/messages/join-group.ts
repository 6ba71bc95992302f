import { api, array, boolean, bytes, int16, int32, string } from '../schema.js'

/**
 * A consumer enters a classic group, or returns to it for a rebalance; answered when the round is complete, to the
 * leader with all members.
 *
 * v1 separates the rebalance timeout from the session's. Since v4 a first join is sent away with an id to come back
 * with (KIP-394). v5 adds static members (KIP-345), v7 echoes the protocol, v8 a reason (KIP-800), v9 lets a
 * returning static leader skip its assignment.
 */
export const JoinGroup = api(11, 'JoinGroup', {
  versions: '0-9',
  flexible: '6+',
  request: {
    groupId: string('0+'),
    sessionTimeoutMs: int32('0+'),
    rebalanceTimeoutMs: int32('1+', { default: -1, ignorable: true }),
    memberId: string('0+'),
    groupInstanceId: string('5+', { nullable: '5+', default: null }),
    protocolType: string('0+'),
    protocols: array('0+', { name: string('0+', { mapKey: true }), metadata: bytes('0+') }),
    reason: string('8+', { nullable: '8+', default: null, ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    errorCode: int16('0+'),
    generationId: int32('0+', { default: -1 }),
    protocolType: string('7+', { nullable: '7+', default: null, ignorable: true }),
    protocolName: string('0+', { nullable: '7+', emptyMeansNull: '0-6' }),
    leader: string('0+'),
    skipAssignment: boolean('9+', { default: false }),
    memberId: string('0+'),
    members: array('0+', {
      memberId: string('0+'),
      groupInstanceId: string('5+', { nullable: '5+', default: null, ignorable: true }),
      metadata: bytes('0+'),
    }),
  },
})
