import { ZERO_UUID } from '../../bytes/uuid.js'
import { ErrorCode, errorMessage } from '../../protocol/errors.js'
import { RemoveRaftVoter } from '../../protocol/messages/remove-raft-voter.js'
import { handle } from '../handler.js'
import { isOtherCluster, otherClusterText } from '../quorum-request.js'

/** A controller is to lose its vote (KIP-853). */
export const removeRaftVoter = handle(RemoveRaftVoter, '0', async (request, { broker }) => {
  const { clusterId, voterId, voterDirectoryId } = request
  const refused = (errorCode: ErrorCode, reason = errorMessage(errorCode)) => ({ errorCode, errorMessage: reason })
  if (isOtherCluster(broker, clusterId))
    return refused(ErrorCode.INCONSISTENT_CLUSTER_ID, otherClusterText(broker, clusterId))
  const { quorum } = broker.metadata
  if (!quorum.isLeader) return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  if (voterId < 0 || voterDirectoryId === ZERO_UUID)
    return refused(ErrorCode.INVALID_REQUEST, "Remove voter request didn't include a valid voter")
  return await quorum.removeVoter({ id: voterId, directoryId: voterDirectoryId })
})
