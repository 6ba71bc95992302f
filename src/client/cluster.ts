import { ErrorCode } from '../protocol/errors.js'
import { DescribeCluster } from '../protocol/messages/describe-cluster.js'
import { ListPartitionReassignments } from '../protocol/messages/list-partition-reassignments.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { Broker, ClusterClient } from './cluster-client.js'
import { BROKERS, CONTROLLERS, knowsControllersOnly } from './controllers.js'
import { KafkaError, throwIfError } from './kafka-error.js'

export interface ClusterDescription {
  readonly clusterId: string | null
  readonly controllerId: number | null
  readonly brokers: readonly Broker[]
}

export async function describeCluster(client: ClusterClient, timeoutMs?: number): Promise<ClusterDescription> {
  return await client.run(
    'listNodes',
    'any',
    async ({ connection, timeoutMs }) => {
      if (connection.version(DescribeCluster) === null) {
        const request = { topics: [], allowAutoTopicCreation: false }
        const response = await connection.call(Metadata, request, { timeoutMs })
        client.noteMetadata(response)
        return description(response.clusterId, response.controllerId, client.brokers)
      }
      const response = await connection.call(
        DescribeCluster,
        {
          includeClusterAuthorizedOperations: false,
          endpointType: knowsControllersOnly(connection) ? CONTROLLERS : BROKERS,
        },
        { timeoutMs },
      )
      throwIfError(response.errorCode, response.errorMessage)
      const brokers = response.brokers.map(({ brokerId, host, port, rack }) => ({ id: brokerId, host, port, rack }))
      return description(response.clusterId, response.controllerId, brokers)
    },
    timeoutMs,
  )
}

export interface Reassignment {
  readonly replicas: readonly number[]
  readonly adding: readonly number[]
  readonly removing: readonly number[]
}

/** Partitions that are moving, keyed `topic-partition`. Brokers that cannot say, or may not, name none. */
export async function listReassignments(client: ClusterClient): Promise<Map<string, Reassignment>> {
  try {
    return await client.run('listPartitionReassignments', 'controller', async ({ connection, timeoutMs }) => {
      const request = { timeoutMs: Math.round(timeoutMs), topics: null }
      const response = await connection.call(ListPartitionReassignments, request, { timeoutMs })
      throwIfError(response.errorCode, response.errorMessage)
      return new Map(
        response.topics.flatMap((topic) =>
          topic.partitions.map((partition) => [
            `${topic.name}-${partition.partitionIndex}`,
            {
              replicas: partition.replicas,
              adding: partition.addingReplicas,
              removing: partition.removingReplicas,
            },
          ]),
        ),
      )
    })
  } catch (error) {
    if (error instanceof KafkaError && CANNOT_SAY.has(error.code)) return new Map()
    throw error
  }
}

const CANNOT_SAY = new Set<ErrorCode>([ErrorCode.UNSUPPORTED_VERSION, ErrorCode.CLUSTER_AUTHORIZATION_FAILED])

function description(clusterId: string | null, controllerId: number, brokers: readonly Broker[]): ClusterDescription {
  return { clusterId, controllerId: controllerId < 0 ? null : controllerId, brokers }
}
