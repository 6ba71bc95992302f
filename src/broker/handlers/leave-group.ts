import type { LeaveAnswer } from '../../group/answers.js'
import { leave } from '../../group/leave.js'
import { ErrorCode } from '../../protocol/errors.js'
import { LeaveGroup } from '../../protocol/messages/leave-group.js'
import { handle } from '../handler.js'

/** Members leave, or are removed by an administrator. Older clients could only leave themselves, and heard of it at the top. */
export const leaveGroup = handle(LeaveGroup, '0-5', async (request, context) => {
  const { groupId } = request
  const namesMembers = context.clientKnows('leavingMembers')
  const members = namesMembers
    ? request.members.map(({ memberId, groupInstanceId }) => ({ memberId, instanceId: groupInstanceId }))
    : [{ memberId: request.memberId, instanceId: null }]
  const answer = await context.broker.groups.askNamed<LeaveAnswer>(
    groupId,
    (turn, asker) => leave(turn, { asker, groupId, members }),
    (errorCode) => ({ errorCode, members: [] }),
  )
  if (namesMembers) return { errorCode: answer.errorCode, members: [...answer.members] }
  const own = answer.members[0]?.errorCode ?? ErrorCode.NONE
  return { errorCode: answer.errorCode === ErrorCode.NONE ? own : answer.errorCode, members: [] }
})
