import { AddOffsetsToTxn } from './messages/add-offsets-to-txn.js'
import { AddPartitionsToTxn } from './messages/add-partitions-to-txn.js'
import { AddRaftVoter } from './messages/add-raft-voter.js'
import { AllocateProducerIds } from './messages/allocate-producer-ids.js'
import { AlterClientQuotas } from './messages/alter-client-quotas.js'
import { AlterConfigs } from './messages/alter-configs.js'
import { AlterPartition } from './messages/alter-partition.js'
import { AlterPartitionReassignments } from './messages/alter-partition-reassignments.js'
import { AlterReplicaLogDirs } from './messages/alter-replica-log-dirs.js'
import { AlterShareGroupOffsets } from './messages/alter-share-group-offsets.js'
import { AlterUserScramCredentials } from './messages/alter-user-scram-credentials.js'
import { ApiVersions } from './messages/api-versions.js'
import { AssignReplicasToDirs } from './messages/assign-replicas-to-dirs.js'
import { BeginQuorumEpoch } from './messages/begin-quorum-epoch.js'
import { BrokerHeartbeat } from './messages/broker-heartbeat.js'
import { BrokerRegistration } from './messages/broker-registration.js'
import { ConsumerGroupDescribe } from './messages/consumer-group-describe.js'
import { ConsumerGroupHeartbeat } from './messages/consumer-group-heartbeat.js'
import { ControllerRegistration } from './messages/controller-registration.js'
import { CreateAcls } from './messages/create-acls.js'
import { CreateDelegationToken } from './messages/create-delegation-token.js'
import { CreatePartitions } from './messages/create-partitions.js'
import { CreateTopics } from './messages/create-topics.js'
import { DeleteAcls } from './messages/delete-acls.js'
import { DeleteGroups } from './messages/delete-groups.js'
import { DeleteRecords } from './messages/delete-records.js'
import { DeleteShareGroupOffsets } from './messages/delete-share-group-offsets.js'
import { DeleteShareGroupState } from './messages/delete-share-group-state.js'
import { DeleteTopics } from './messages/delete-topics.js'
import { DescribeAcls } from './messages/describe-acls.js'
import { DescribeClientQuotas } from './messages/describe-client-quotas.js'
import { DescribeCluster } from './messages/describe-cluster.js'
import { DescribeConfigs } from './messages/describe-configs.js'
import { DescribeDelegationToken } from './messages/describe-delegation-token.js'
import { DescribeGroups } from './messages/describe-groups.js'
import { DescribeLogDirs } from './messages/describe-log-dirs.js'
import { DescribeProducers } from './messages/describe-producers.js'
import { DescribeQuorum } from './messages/describe-quorum.js'
import { DescribeShareGroupOffsets } from './messages/describe-share-group-offsets.js'
import { DescribeTopicPartitions } from './messages/describe-topic-partitions.js'
import { DescribeTransactions } from './messages/describe-transactions.js'
import { DescribeUserScramCredentials } from './messages/describe-user-scram-credentials.js'
import { ElectLeaders } from './messages/elect-leaders.js'
import { EndQuorumEpoch } from './messages/end-quorum-epoch.js'
import { EndTxn } from './messages/end-txn.js'
import { Envelope } from './messages/envelope.js'
import { ExpireDelegationToken } from './messages/expire-delegation-token.js'
import { Fetch } from './messages/fetch.js'
import { FetchSnapshot } from './messages/fetch-snapshot.js'
import { FindCoordinator } from './messages/find-coordinator.js'
import { GetTelemetrySubscriptions } from './messages/get-telemetry-subscriptions.js'
import { Heartbeat } from './messages/heartbeat.js'
import { IncrementalAlterConfigs } from './messages/incremental-alter-configs.js'
import { InitProducerId } from './messages/init-producer-id.js'
import { InitializeShareGroupState } from './messages/initialize-share-group-state.js'
import { JoinGroup } from './messages/join-group.js'
import { LeaveGroup } from './messages/leave-group.js'
import { ListConfigResources } from './messages/list-config-resources.js'
import { ListGroups } from './messages/list-groups.js'
import { ListOffsets } from './messages/list-offsets.js'
import { ListPartitionReassignments } from './messages/list-partition-reassignments.js'
import { ListTransactions } from './messages/list-transactions.js'
import { Metadata } from './messages/metadata.js'
import { OffsetCommit } from './messages/offset-commit.js'
import { OffsetDelete } from './messages/offset-delete.js'
import { OffsetFetch } from './messages/offset-fetch.js'
import { OffsetForLeaderEpoch } from './messages/offset-for-leader-epoch.js'
import { Produce } from './messages/produce.js'
import { PushTelemetry } from './messages/push-telemetry.js'
import { ReadShareGroupState } from './messages/read-share-group-state.js'
import { ReadShareGroupStateSummary } from './messages/read-share-group-state-summary.js'
import { RemoveRaftVoter } from './messages/remove-raft-voter.js'
import { RenewDelegationToken } from './messages/renew-delegation-token.js'
import { SaslAuthenticate } from './messages/sasl-authenticate.js'
import { SaslHandshake } from './messages/sasl-handshake.js'
import { ShareAcknowledge } from './messages/share-acknowledge.js'
import { ShareFetch } from './messages/share-fetch.js'
import { ShareGroupDescribe } from './messages/share-group-describe.js'
import { ShareGroupHeartbeat } from './messages/share-group-heartbeat.js'
import { StreamsGroupDescribe } from './messages/streams-group-describe.js'
import { StreamsGroupHeartbeat } from './messages/streams-group-heartbeat.js'
import { SyncGroup } from './messages/sync-group.js'
import { TxnOffsetCommit } from './messages/txn-offset-commit.js'
import { UnregisterBroker } from './messages/unregister-broker.js'
import { UpdateFeatures } from './messages/update-features.js'
import { UpdateRaftVoter } from './messages/update-raft-voter.js'
import { Vote } from './messages/vote.js'
import { WriteShareGroupState } from './messages/write-share-group-state.js'
import { WriteTxnMarkers } from './messages/write-txn-markers.js'
import type { Api } from './schema.js'

/** Every API that Kafka 4.3 has a version of, by key, whether klog serves it or not. */
export const apis: readonly Api[] = [
  Produce,
  Fetch,
  ListOffsets,
  Metadata,
  OffsetCommit,
  OffsetFetch,
  FindCoordinator,
  JoinGroup,
  Heartbeat,
  LeaveGroup,
  SyncGroup,
  DescribeGroups,
  ListGroups,
  SaslHandshake,
  ApiVersions,
  CreateTopics,
  DeleteTopics,
  DeleteRecords,
  InitProducerId,
  OffsetForLeaderEpoch,
  AddPartitionsToTxn,
  AddOffsetsToTxn,
  EndTxn,
  WriteTxnMarkers,
  TxnOffsetCommit,
  DescribeAcls,
  CreateAcls,
  DeleteAcls,
  DescribeConfigs,
  AlterConfigs,
  AlterReplicaLogDirs,
  DescribeLogDirs,
  SaslAuthenticate,
  CreatePartitions,
  CreateDelegationToken,
  RenewDelegationToken,
  ExpireDelegationToken,
  DescribeDelegationToken,
  DeleteGroups,
  ElectLeaders,
  IncrementalAlterConfigs,
  AlterPartitionReassignments,
  ListPartitionReassignments,
  OffsetDelete,
  DescribeClientQuotas,
  AlterClientQuotas,
  DescribeUserScramCredentials,
  AlterUserScramCredentials,
  Vote,
  BeginQuorumEpoch,
  EndQuorumEpoch,
  DescribeQuorum,
  AlterPartition,
  UpdateFeatures,
  Envelope,
  FetchSnapshot,
  DescribeCluster,
  DescribeProducers,
  BrokerRegistration,
  BrokerHeartbeat,
  UnregisterBroker,
  DescribeTransactions,
  ListTransactions,
  AllocateProducerIds,
  ConsumerGroupHeartbeat,
  ConsumerGroupDescribe,
  ControllerRegistration,
  GetTelemetrySubscriptions,
  PushTelemetry,
  AssignReplicasToDirs,
  ListConfigResources,
  DescribeTopicPartitions,
  ShareGroupHeartbeat,
  ShareGroupDescribe,
  ShareFetch,
  ShareAcknowledge,
  AddRaftVoter,
  RemoveRaftVoter,
  UpdateRaftVoter,
  InitializeShareGroupState,
  ReadShareGroupState,
  WriteShareGroupState,
  DeleteShareGroupState,
  ReadShareGroupStateSummary,
  StreamsGroupHeartbeat,
  StreamsGroupDescribe,
  DescribeShareGroupOffsets,
  AlterShareGroupOffsets,
  DeleteShareGroupOffsets,
]

const byKey = new Map(apis.map((api) => [api.key, api]))

export function apiByKey(key: number): Api | undefined {
  return byKey.get(key)
}
