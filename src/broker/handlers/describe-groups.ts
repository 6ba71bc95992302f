import { describeGroup } from '../../group/describe.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeGroups } from '../../protocol/messages/describe-groups.js'
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED } from '../authorized-operations.js'
import { handle } from '../handler.js'
import { withinBound } from '../within-bound.js'

/** State, protocol and members of groups. */
export const describeGroups = handle(DescribeGroups, '0-6', async (request, context) => {
  const { broker } = context
  const told = (groupId: string) => {
    const coordinator = broker.groups.find(groupId)
    if (typeof coordinator === 'number') return refused(groupId, coordinator)
    const { members, ...group } = describeGroup(coordinator.state, groupId)
    // Once a missing group was not an error, and what may be done with it was told as of any other.
    const isFound = group.errorCode === ErrorCode.NONE || !context.clientKnows('missingGroups')
    const isAsked = request.includeAuthorizedOperations && isFound
    const authorizedOperations = isAsked ? ALL_OPERATIONS.group : OPERATIONS_NOT_ASKED
    return { ...group, members: [...members], authorizedOperations }
  }
  const groups = await withinBound(context.turns, request.groups, told, ({ members }) => members.length)
  return groups === null ? 'close' : { groups }
})

function refused(groupId: string, errorCode: ErrorCode) {
  return { errorCode, groupId, groupState: '', protocolType: '', protocolData: '', members: [] }
}
