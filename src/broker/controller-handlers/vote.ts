import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { Vote } from '../../protocol/messages/vote.js'
import { handle } from '../handler.js'
import { quorumError } from '../quorum-request.js'

/** Another voter stands for election, or asks whether it should (KIP-595, KIP-996). */
export const vote = handle(Vote, '0-2', (request, { broker }) => {
  const errorCode = quorumError(broker, request)
  if (errorCode !== ErrorCode.NONE) return { errorCode, topics: [] }
  const asked = request.topics[0]!.partitions[0]!
  const answer = broker.metadata.quorum.vote({
    candidate: asked.replicaId,
    epoch: asked.replicaEpoch,
    lastEpoch: asked.lastOffsetEpoch,
    lastOffset: asked.lastOffset,
    isPreVote: asked.preVote,
  })
  const partition = {
    partitionIndex: 0,
    errorCode: answer.errorCode,
    leaderId: answer.leaderId,
    leaderEpoch: answer.epoch,
    voteGranted: answer.isGranted,
  }
  return { errorCode: ErrorCode.NONE, topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }] }
})
