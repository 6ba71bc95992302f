import { ErrorCode } from '../protocol/errors.js'
import { DescribeCluster } from '../protocol/messages/describe-cluster.js'
import { UnregisterBroker } from '../protocol/messages/unregister-broker.js'
import type { Broker, ClusterClient } from './cluster-client.js'
import { BROKERS, CONTROLLERS } from './controllers.js'
import { KafkaError, throwIfError } from './kafka-error.js'

export interface Endpoint extends Broker {
  readonly isFenced: boolean
}

export interface Endpoints {
  readonly clusterId: string
  /** In ascending order of ids. */
  readonly nodes: readonly Endpoint[]
}

export interface EndpointsWanted {
  /** The client knows controllers, and asks about controllers. */
  readonly ofControllers: boolean
  readonly includesFenced: boolean
}

/** @throws KafkaError when the cluster is too old to tell, or the address is of the other kind. */
export async function listEndpoints(client: ClusterClient, wanted: EndpointsWanted): Promise<Endpoints> {
  return await client.run('listNodes', 'any', async ({ connection, timeoutMs }) => {
    const version = connection.version(DescribeCluster)
    if (version !== null && ((wanted.ofControllers && version < 1) || (wanted.includesFenced && version < 2))) {
      throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION)
    }
    const request = {
      includeClusterAuthorizedOperations: false,
      endpointType: wanted.ofControllers ? CONTROLLERS : BROKERS,
      includeFencedBrokers: wanted.includesFenced,
    }
    const response = await connection.call(DescribeCluster, request, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
    const nodes = response.brokers.map(({ brokerId, host, port, rack, isFenced }) => ({
      id: brokerId,
      host,
      port,
      rack,
      isFenced,
    }))
    return { clusterId: response.clusterId, nodes: nodes.sort((a, b) => a.id - b.id) }
  })
}

/** @throws KafkaError when the controller knows no such broker, or is too old for this. */
export async function unregisterBroker(client: ClusterClient, id: number): Promise<void> {
  await client.run('unregisterBroker', 'any', async ({ connection, timeoutMs }) => {
    const response = await connection.call(UnregisterBroker, { brokerId: id }, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
  })
}
