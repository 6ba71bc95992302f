import type { Handler } from './handler.js'
import { addOffsetsToTxn } from './handlers/add-offsets-to-txn.js'
import { addPartitionsToTxn } from './handlers/add-partitions-to-txn.js'
import { addRaftVoter } from './handlers/add-raft-voter.js'
import { alterClientQuotas } from './handlers/alter-client-quotas.js'
import { alterConfigs } from './handlers/alter-configs.js'
import { alterPartitionReassignments } from './handlers/alter-partition-reassignments.js'
import { alterReplicaLogDirs } from './handlers/alter-replica-log-dirs.js'
import { alterUserScramCredentials } from './handlers/alter-user-scram-credentials.js'
import { apiVersions } from './handlers/api-versions.js'
import { createPartitions } from './handlers/create-partitions.js'
import { createTopics } from './handlers/create-topics.js'
import { deleteGroups } from './handlers/delete-groups.js'
import { deleteRecords } from './handlers/delete-records.js'
import { deleteTopics } from './handlers/delete-topics.js'
import { describeClientQuotas } from './handlers/describe-client-quotas.js'
import { describeCluster } from './handlers/describe-cluster.js'
import { describeConfigs } from './handlers/describe-configs.js'
import { describeGroups } from './handlers/describe-groups.js'
import { describeLogDirs } from './handlers/describe-log-dirs.js'
import { describeProducers } from './handlers/describe-producers.js'
import { describeQuorum } from './handlers/describe-quorum.js'
import { describeTopicPartitions } from './handlers/describe-topic-partitions.js'
import { describeTransactions } from './handlers/describe-transactions.js'
import { describeUserScramCredentials } from './handlers/describe-user-scram-credentials.js'
import { electLeaders } from './handlers/elect-leaders.js'
import { endTxn } from './handlers/end-txn.js'
import { fetch } from './handlers/fetch.js'
import { findCoordinator } from './handlers/find-coordinator.js'
import { getTelemetrySubscriptions } from './handlers/get-telemetry-subscriptions.js'
import { heartbeat } from './handlers/heartbeat.js'
import { incrementalAlterConfigs } from './handlers/incremental-alter-configs.js'
import { initProducerId } from './handlers/init-producer-id.js'
import { joinGroup } from './handlers/join-group.js'
import { leaveGroup } from './handlers/leave-group.js'
import { listConfigResources } from './handlers/list-config-resources.js'
import { listGroups } from './handlers/list-groups.js'
import { listOffsets } from './handlers/list-offsets.js'
import { listPartitionReassignments } from './handlers/list-partition-reassignments.js'
import { listTransactions } from './handlers/list-transactions.js'
import { metadata } from './handlers/metadata.js'
import { offsetCommit } from './handlers/offset-commit.js'
import { offsetDelete } from './handlers/offset-delete.js'
import { offsetFetch } from './handlers/offset-fetch.js'
import { offsetForLeaderEpoch } from './handlers/offset-for-leader-epoch.js'
import { produce } from './handlers/produce.js'
import { pushTelemetry } from './handlers/push-telemetry.js'
import { removeRaftVoter } from './handlers/remove-raft-voter.js'
import { saslAuthenticate } from './handlers/sasl-authenticate.js'
import { saslHandshake } from './handlers/sasl-handshake.js'
import { syncGroup } from './handlers/sync-group.js'
import { txnOffsetCommit } from './handlers/txn-offset-commit.js'
import { unregisterBroker } from './handlers/unregister-broker.js'
import { updateFeatures } from './handlers/update-features.js'
import { writeTxnMarkers } from './handlers/write-txn-markers.js'

/** Everything that a broker answers, by the name of the file. ApiVersions is this list, read aloud. */
export const handlers: readonly Handler[] = [
  addOffsetsToTxn,
  addPartitionsToTxn,
  addRaftVoter,
  alterClientQuotas,
  alterConfigs,
  alterPartitionReassignments,
  alterUserScramCredentials,
  alterReplicaLogDirs,
  apiVersions,
  createPartitions,
  createTopics,
  deleteGroups,
  deleteRecords,
  deleteTopics,
  describeClientQuotas,
  describeCluster,
  describeConfigs,
  describeGroups,
  describeLogDirs,
  describeProducers,
  describeQuorum,
  describeTopicPartitions,
  describeTransactions,
  describeUserScramCredentials,
  electLeaders,
  endTxn,
  fetch,
  findCoordinator,
  getTelemetrySubscriptions,
  heartbeat,
  incrementalAlterConfigs,
  initProducerId,
  joinGroup,
  leaveGroup,
  listConfigResources,
  listGroups,
  listOffsets,
  listPartitionReassignments,
  listTransactions,
  metadata,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  offsetForLeaderEpoch,
  produce,
  pushTelemetry,
  removeRaftVoter,
  saslAuthenticate,
  saslHandshake,
  syncGroup,
  txnOffsetCommit,
  unregisterBroker,
  updateFeatures,
  writeTxnMarkers,
]
