import { allocateProducerIds } from './controller-handlers/allocate-producer-ids.js'
import { alterPartition } from './controller-handlers/alter-partition.js'
import { assignReplicasToDirs } from './controller-handlers/assign-replicas-to-dirs.js'
import { beginQuorumEpoch } from './controller-handlers/begin-quorum-epoch.js'
import { brokerHeartbeat } from './controller-handlers/broker-heartbeat.js'
import { brokerRegistration } from './controller-handlers/broker-registration.js'
import { controllerRegistration } from './controller-handlers/controller-registration.js'
import { describeControllers } from './controller-handlers/describe-controllers.js'
import { endQuorumEpoch } from './controller-handlers/end-quorum-epoch.js'
import { envelope } from './controller-handlers/envelope.js'
import { fetchMetadata } from './controller-handlers/fetch-metadata.js'
import { fetchSnapshot } from './controller-handlers/fetch-snapshot.js'
import { updateRaftVoter } from './controller-handlers/update-raft-voter.js'
import { vote } from './controller-handlers/vote.js'
import type { Handler } from './handler.js'
import { addRaftVoter } from './handlers/add-raft-voter.js'
import { alterClientQuotas } from './handlers/alter-client-quotas.js'
import { alterConfigs } from './handlers/alter-configs.js'
import { alterPartitionReassignments } from './handlers/alter-partition-reassignments.js'
import { alterUserScramCredentials } from './handlers/alter-user-scram-credentials.js'
import { apiVersions } from './handlers/api-versions.js'
import { createPartitions } from './handlers/create-partitions.js'
import { createTopics } from './handlers/create-topics.js'
import { deleteTopics } from './handlers/delete-topics.js'
import { describeConfigs } from './handlers/describe-configs.js'
import { describeQuorum } from './handlers/describe-quorum.js'
import { describeUserScramCredentials } from './handlers/describe-user-scram-credentials.js'
import { electLeaders } from './handlers/elect-leaders.js'
import { incrementalAlterConfigs } from './handlers/incremental-alter-configs.js'
import { listPartitionReassignments } from './handlers/list-partition-reassignments.js'
import { removeRaftVoter } from './handlers/remove-raft-voter.js'
import { saslAuthenticate } from './handlers/sasl-authenticate.js'
import { saslHandshake } from './handlers/sasl-handshake.js'
import { unregisterBroker } from './handlers/unregister-broker.js'
import { updateFeatures } from './handlers/update-features.js'

/** Everything that is answered on a listener of the controller: to other voters, to brokers, and to tools that ask it directly. */
export const controllerHandlers: readonly Handler[] = [
  addRaftVoter,
  allocateProducerIds,
  alterClientQuotas,
  alterConfigs,
  alterPartition,
  alterPartitionReassignments,
  alterUserScramCredentials,
  apiVersions,
  assignReplicasToDirs,
  beginQuorumEpoch,
  brokerHeartbeat,
  brokerRegistration,
  controllerRegistration,
  createPartitions,
  createTopics,
  deleteTopics,
  describeConfigs,
  describeControllers,
  describeQuorum,
  describeUserScramCredentials,
  electLeaders,
  endQuorumEpoch,
  envelope,
  fetchMetadata,
  fetchSnapshot,
  incrementalAlterConfigs,
  listPartitionReassignments,
  removeRaftVoter,
  saslAuthenticate,
  saslHandshake,
  unregisterBroker,
  updateFeatures,
  updateRaftVoter,
  vote,
]
