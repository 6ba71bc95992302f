import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { EndQuorumEpoch } from '../../protocol/messages/end-quorum-epoch.js'
import { handle } from '../handler.js'
import { quorumError } from '../quorum-request.js'

/** The leader of the metadata quorum steps down (KIP-595). */
export const endQuorumEpoch = handle(EndQuorumEpoch, '0-1', (request, { broker }) => {
  const errorCode = quorumError(broker, request)
  if (errorCode !== ErrorCode.NONE) return { errorCode, topics: [] }
  const { leaderId, leaderEpoch, preferredSuccessors, preferredCandidates } = request.topics[0]!.partitions[0]!
  const candidates = preferredCandidates.map(({ candidateId }) => candidateId)
  const answer = broker.metadata.quorum.endEpoch({
    leaderId,
    epoch: leaderEpoch,
    preferredSuccessors: candidates.length > 0 ? candidates : preferredSuccessors,
  })
  const partition = {
    partitionIndex: 0,
    errorCode: answer.errorCode,
    leaderId: answer.leaderId,
    leaderEpoch: answer.epoch,
  }
  return { errorCode: ErrorCode.NONE, topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }] }
})
