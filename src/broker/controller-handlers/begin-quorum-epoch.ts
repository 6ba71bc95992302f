import { ErrorCode } from '../../protocol/errors.js'
import { BeginQuorumEpoch } from '../../protocol/messages/begin-quorum-epoch.js'
import { handle } from '../handler.js'
import { addressee, quorumAnswer, quorumError } from '../quorum-request.js'

/** A voter has been elected (KIP-595). */
export const beginQuorumEpoch = handle(BeginQuorumEpoch, '0-1', (request, context) => {
  const { broker } = context
  const errorCode = quorumError(broker, request)
  if (errorCode !== ErrorCode.NONE) return { errorCode, topics: [] }
  const { leaderId, leaderEpoch, voterDirectoryId } = request.topics[0]!.partitions[0]!
  broker.controllerAddresses.learn(leaderId, request.leaderEndpoints)
  const voter = addressee(request.voterId, voterDirectoryId)
  const answer = broker.metadata.quorum.beginEpoch({ leaderId, epoch: leaderEpoch, voter })
  return quorumAnswer(answer, context, {})
})
