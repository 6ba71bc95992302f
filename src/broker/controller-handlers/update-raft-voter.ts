import { ZERO_UUID } from '../../bytes/uuid.js'
import { ErrorCode } from '../../protocol/errors.js'
import { UpdateRaftVoter } from '../../protocol/messages/update-raft-voter.js'
import { updateVoterRequested } from '../../quorum/voter-changes.js'
import { handle } from '../handler.js'
import { leaderEndpoints } from '../leader-endpoints.js'
import { isOtherCluster } from '../quorum-request.js'

/** A voter tells the leader where it listens, and which levels of `kraft.version` it can run at (KIP-853). */
export const updateRaftVoter = handle(UpdateRaftVoter, '0', (request, context) => {
  const { broker } = context
  const { clusterId, currentLeaderEpoch, voterId, voterDirectoryId, listeners, kRaftVersionFeature } = request
  const { minSupportedVersion: min, maxSupportedVersion: max } = kRaftVersionFeature
  const { quorum } = broker.metadata
  const answer = (errorCode: ErrorCode) => {
    const [leader = { host: '', port: 0 }] = leaderEndpoints(context)
    const { host, port } = leader
    return { errorCode, currentLeader: { leaderId: quorum.leaderId ?? -1, leaderEpoch: quorum.epoch, host, port } }
  }
  if (isOtherCluster(broker, clusterId)) return answer(ErrorCode.INCONSISTENT_CLUSTER_ID)
  const refused = quorum.leaderError(currentLeaderEpoch)
  if (refused !== ErrorCode.NONE) return answer(refused)
  const isValid = voterId >= 0 && voterDirectoryId !== ZERO_UUID && min >= 0 && max >= min
  if (!isValid) return answer(ErrorCode.INVALID_REQUEST)
  const voter = { id: voterId, directoryId: voterDirectoryId, endpoints: listeners, kraftVersions: { min, max } }
  const { listenerName } = broker.controllerAddresses
  return answer(quorum.turn((turn) => updateVoterRequested(turn, voter, listenerName)))
})
