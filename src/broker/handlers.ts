import type { Handler } from './handler.js'
import { alterConfigs } from './handlers/alter-configs.js'
import { alterPartitionReassignments } from './handlers/alter-partition-reassignments.js'
import { apiVersions } from './handlers/api-versions.js'
import { createPartitions } from './handlers/create-partitions.js'
import { createTopics } from './handlers/create-topics.js'
import { deleteRecords } from './handlers/delete-records.js'
import { deleteTopics } from './handlers/delete-topics.js'
import { describeCluster } from './handlers/describe-cluster.js'
import { describeConfigs } from './handlers/describe-configs.js'
import { describeLogDirs } from './handlers/describe-log-dirs.js'
import { describeProducers } from './handlers/describe-producers.js'
import { describeQuorum } from './handlers/describe-quorum.js'
import { describeTopicPartitions } from './handlers/describe-topic-partitions.js'
import { electLeaders } from './handlers/elect-leaders.js'
import { fetch } from './handlers/fetch.js'
import { incrementalAlterConfigs } from './handlers/incremental-alter-configs.js'
import { initProducerId } from './handlers/init-producer-id.js'
import { listConfigResources } from './handlers/list-config-resources.js'
import { listOffsets } from './handlers/list-offsets.js'
import { listPartitionReassignments } from './handlers/list-partition-reassignments.js'
import { metadata } from './handlers/metadata.js'
import { offsetForLeaderEpoch } from './handlers/offset-for-leader-epoch.js'
import { produce } from './handlers/produce.js'
import { saslAuthenticate } from './handlers/sasl-authenticate.js'
import { saslHandshake } from './handlers/sasl-handshake.js'
import { unregisterBroker } from './handlers/unregister-broker.js'

/** Everything that a broker answers, by the name of the file. ApiVersions is this list, read aloud. */
export const handlers: readonly Handler[] = [
  alterConfigs,
  alterPartitionReassignments,
  apiVersions,
  createPartitions,
  createTopics,
  deleteRecords,
  deleteTopics,
  describeCluster,
  describeConfigs,
  describeLogDirs,
  describeProducers,
  describeQuorum,
  describeTopicPartitions,
  electLeaders,
  fetch,
  incrementalAlterConfigs,
  initProducerId,
  listConfigResources,
  listOffsets,
  listPartitionReassignments,
  metadata,
  offsetForLeaderEpoch,
  produce,
  saslAuthenticate,
  saslHandshake,
  unregisterBroker,
]
