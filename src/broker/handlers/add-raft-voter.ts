import { ZERO_UUID } from '../../bytes/uuid.js'
import { ErrorCode, errorMessage } from '../../protocol/errors.js'
import { AddRaftVoter } from '../../protocol/messages/add-raft-voter.js'
import { handle } from '../handler.js'
import { isOtherCluster, otherClusterText } from '../quorum-request.js'

/** A controller is to get a vote (KIP-853). */
export const addRaftVoter = handle(AddRaftVoter, '0-1', async (request, { broker }) => {
  const { clusterId, voterId, voterDirectoryId, listeners, ackWhenCommitted } = request
  const refused = (errorCode: ErrorCode, reason = errorMessage(errorCode)) => ({ errorCode, errorMessage: reason })
  if (isOtherCluster(broker, clusterId))
    return refused(ErrorCode.INCONSISTENT_CLUSTER_ID, otherClusterText(broker, clusterId))
  const { quorum } = broker.metadata
  if (!quorum.isLeader) return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  if (voterId < 0 || voterDirectoryId === ZERO_UUID)
    return refused(ErrorCode.INVALID_REQUEST, "Add voter request didn't include a valid voter")
  return await quorum.addVoter({
    voter: { id: voterId, directoryId: voterDirectoryId, endpoints: listeners },
    listenerName: broker.controllerAddresses.listenerName,
    ackWhenCommitted,
  })
})
