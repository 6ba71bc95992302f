import { ZERO_UUID } from '../../bytes/uuid.js'
import { ErrorCode } from '../../protocol/errors.js'
import { EndQuorumEpoch } from '../../protocol/messages/end-quorum-epoch.js'
import { handle } from '../handler.js'
import { quorumAnswer, quorumError } from '../quorum-request.js'

/** The leader of the metadata quorum steps down (KIP-595). */
export const endQuorumEpoch = handle(EndQuorumEpoch, '0-1', (request, context) => {
  const { broker } = context
  const errorCode = quorumError(broker, request)
  if (errorCode !== ErrorCode.NONE) return { errorCode, topics: [] }
  const { leaderId, leaderEpoch, preferredSuccessors, preferredCandidates } = request.topics[0]!.partitions[0]!
  broker.controllerAddresses.learn(leaderId, request.leaderEndpoints)
  const answer = broker.metadata.quorum.endEpoch({
    leaderId,
    epoch: leaderEpoch,
    preferredSuccessors: [
      ...preferredCandidates.map(({ candidateId: id, candidateDirectoryId: directoryId }) => ({ id, directoryId })),
      ...preferredSuccessors.map((id) => ({ id, directoryId: ZERO_UUID })),
    ],
  })
  return quorumAnswer(answer, context, {})
})
