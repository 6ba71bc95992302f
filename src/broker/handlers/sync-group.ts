import { syncRefusal } from '../../group/answers.js'
import { sync } from '../../group/sync.js'
import { SyncGroup } from '../../protocol/messages/sync-group.js'
import { handle } from '../handler.js'

/** A member asks for its assignment, and the leader hands in everybody's; answered when the leader has. */
export const syncGroup = handle(SyncGroup, '0-5', (request, { broker }) => {
  const { groupId, memberId } = request
  const assignments = new Map(request.assignments.map((one) => [one.memberId, Buffer.from(one.assignment)]))
  return broker.groups.ask(
    groupId,
    (turn, asker) =>
      sync(turn, {
        asker,
        groupId,
        memberId,
        generation: request.generationId,
        instanceId: request.groupInstanceId,
        protocolType: request.protocolType,
        protocolName: request.protocolName,
        assignments,
      }),
    syncRefusal,
  )
})
