import { ErrorCode } from '../../protocol/errors.js'
import { Vote } from '../../protocol/messages/vote.js'
import { handle } from '../handler.js'
import { addressee, quorumAnswer, quorumError } from '../quorum-request.js'

/** Another voter stands for election, or asks whether it should (KIP-595, KIP-996). */
export const vote = handle(Vote, '0-2', (request, context) => {
  const { broker } = context
  const errorCode = quorumError(broker, request)
  if (errorCode !== ErrorCode.NONE) return { errorCode, topics: [] }
  const asked = request.topics[0]!.partitions[0]!
  const answer = broker.metadata.quorum.vote({
    candidate: { id: asked.replicaId, directoryId: asked.replicaDirectoryId },
    voter: addressee(request.voterId, asked.voterDirectoryId),
    epoch: asked.replicaEpoch,
    lastEpoch: asked.lastOffsetEpoch,
    lastOffset: asked.lastOffset,
    isPreVote: asked.preVote,
  })
  return quorumAnswer(answer, context, { voteGranted: answer.isGranted })
})
