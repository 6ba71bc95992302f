import { syncRefusal } from '../../group/answers.js'
import { sync } from '../../group/sync.js'
import { ErrorCode } from '../../protocol/errors.js'
import { SyncGroup } from '../../protocol/messages/sync-group.js'
import { handle } from '../handler.js'

/** A member asks for its assignment, and the leader hands in everybody's; answered when the leader has. */
export const syncGroup = handle(SyncGroup, '0-5', async (request, context) => {
  const { groupId, memberId, protocolType, protocolName } = request
  if (context.clientKnows('agreedProtocol') && (protocolType === null || protocolName === null)) {
    return syncRefusal(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
  }
  const assignments = new Map(request.assignments.map((one) => [one.memberId, Buffer.from(one.assignment)]))
  return context.broker.groups.askNamed(
    groupId,
    (turn, asker) =>
      sync(turn, {
        asker,
        groupId,
        memberId,
        generation: request.generationId,
        instanceId: request.groupInstanceId,
        protocolType,
        protocolName,
        assignments,
      }),
    syncRefusal,
  )
})
