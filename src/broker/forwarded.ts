import { AddRaftVoter } from '../protocol/messages/add-raft-voter.js'
import { AlterClientQuotas } from '../protocol/messages/alter-client-quotas.js'
import { AlterPartitionReassignments } from '../protocol/messages/alter-partition-reassignments.js'
import { AlterUserScramCredentials } from '../protocol/messages/alter-user-scram-credentials.js'
import { CreatePartitions } from '../protocol/messages/create-partitions.js'
import { CreateTopics } from '../protocol/messages/create-topics.js'
import { DeleteTopics } from '../protocol/messages/delete-topics.js'
import { DescribeQuorum } from '../protocol/messages/describe-quorum.js'
import { ElectLeaders } from '../protocol/messages/elect-leaders.js'
import { ListPartitionReassignments } from '../protocol/messages/list-partition-reassignments.js'
import { RemoveRaftVoter } from '../protocol/messages/remove-raft-voter.js'
import { UnregisterBroker } from '../protocol/messages/unregister-broker.js'
import { UpdateFeatures } from '../protocol/messages/update-features.js'
import type { Api } from '../protocol/schema.js'

const CONTROLLERS: ReadonlySet<number> = new Set(
  [
    AddRaftVoter,
    AlterClientQuotas,
    AlterPartitionReassignments,
    AlterUserScramCredentials,
    CreatePartitions,
    CreateTopics,
    DeleteTopics,
    DescribeQuorum,
    ElectLeaders,
    ListPartitionReassignments,
    RemoveRaftVoter,
    UnregisterBroker,
    UpdateFeatures,
  ].map(({ key }) => key),
)

/** Whether a request is for the controller to answer as it is, so that any other node hands it on (KIP-590). */
export function isForwarded(api: Api): boolean {
  return CONTROLLERS.has(api.key)
}
