import { ResourceType } from '../cluster/resource-type.js'
import { AlterClientQuotas } from '../protocol/messages/alter-client-quotas.js'
import { AlterConfigs } from '../protocol/messages/alter-configs.js'
import { AlterPartitionReassignments } from '../protocol/messages/alter-partition-reassignments.js'
import { AlterUserScramCredentials } from '../protocol/messages/alter-user-scram-credentials.js'
import { CreatePartitions } from '../protocol/messages/create-partitions.js'
import { CreateTopics } from '../protocol/messages/create-topics.js'
import { DeleteTopics } from '../protocol/messages/delete-topics.js'
import { DescribeQuorum } from '../protocol/messages/describe-quorum.js'
import { ElectLeaders } from '../protocol/messages/elect-leaders.js'
import { IncrementalAlterConfigs } from '../protocol/messages/incremental-alter-configs.js'
import { ListPartitionReassignments } from '../protocol/messages/list-partition-reassignments.js'
import { UnregisterBroker } from '../protocol/messages/unregister-broker.js'
import { UpdateFeatures } from '../protocol/messages/update-features.js'
import type { Api, ReadRequest } from '../protocol/schema.js'

const CONTROLLERS: ReadonlySet<number> = new Set(
  [
    AlterClientQuotas,
    AlterConfigs,
    AlterPartitionReassignments,
    AlterUserScramCredentials,
    CreatePartitions,
    CreateTopics,
    DeleteTopics,
    DescribeQuorum,
    ElectLeaders,
    IncrementalAlterConfigs,
    ListPartitionReassignments,
    UnregisterBroker,
    UpdateFeatures,
  ].map(({ key }) => key),
)

/** Whether a request is for the controller to answer, so that any other node hands it on (KIP-590). */
export function isForwarded(api: Api, request: unknown): boolean {
  return CONTROLLERS.has(api.key) && !(api.key === IncrementalAlterConfigs.key && isOfLoggers(request))
}

/** Which lines a broker writes to its log is its own affair. */
function isOfLoggers(request: unknown): boolean {
  const { resources } = request as ReadRequest<typeof IncrementalAlterConfigs>
  return resources.some(({ resourceType }) => resourceType === ResourceType.BROKER_LOGGER)
}
