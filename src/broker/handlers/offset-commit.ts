import { type CommitAnswer, commit, uniform } from '../../group/commit.js'
import { OffsetCommit } from '../../protocol/messages/offset-commit.js'
import { handle } from '../handler.js'
import { codesByTopic, committable, sifted } from '../offset-commits.js'

/** A group, or a consumer without one, stores how far it has read. What does not exist is refused for itself alone. */
export const offsetCommit = handle(OffsetCommit, '2-10', async (request, context) => {
  const { groupId, generationIdOrMemberEpoch: generation, memberId, groupInstanceId, retentionTimeMs } = request
  const asked = await context.turns.map(request.topics, (topic) => sifted(topic, context))
  const topics = asked.map(committable).filter(({ partitions }) => partitions.length > 0)
  const event = {
    groupId,
    generation,
    memberId,
    instanceId: groupInstanceId,
    retentionMs: retentionTimeMs === -1 ? null : retentionTimeMs,
    topics,
  }
  // Where nothing is left to commit, Kafka does not ask the group either.
  const answer: CommitAnswer =
    topics.length === 0
      ? { topics: [] }
      : await context.broker.groups.ask(
          groupId,
          (turn, asker) => commit(turn, { asker, ...event }),
          (error) => uniform(event, error),
        )
  return { topics: codesByTopic(asked, answer) }
})
