import { hyphenated, randomUuid } from '../../bytes/uuid.js'
import { type JoinAnswer, joinRefusal } from '../../group/answers.js'
import { join } from '../../group/join.js'
import { JoinGroup } from '../../protocol/messages/join-group.js'
import { handle } from '../handler.js'
import { javaAddress } from '../java-address.js'

/** A member joins its group, or joins it again; answered when all others have come too. */
export const joinGroup = handle(JoinGroup, '0-9', async (request, context) => {
  const { broker, connection, clientId } = context
  const { groupId, memberId } = request
  const protocols = request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }))
  const answer = await broker.groups.askNamed<JoinAnswer>(
    groupId,
    (turn, asker) =>
      join(turn, {
        asker,
        groupId,
        memberId,
        instanceId: request.groupInstanceId,
        clientId,
        clientHost: javaAddress(connection.clientHost),
        sessionTimeoutMs: request.sessionTimeoutMs,
        rebalanceTimeoutMs: request.rebalanceTimeoutMs,
        protocolType: request.protocolType,
        protocols,
        uuid: hyphenated(randomUuid(broker.random)),
        knowsMemberIdRequired: context.clientKnows('memberIdRequired'),
        knowsSkippedAssignment: context.clientKnows('skippedAssignment'),
      }),
    (error) => joinRefusal(error, memberId),
  )
  return { ...answer, members: [...answer.members] }
})
