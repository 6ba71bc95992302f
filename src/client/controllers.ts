import { DescribeCluster } from '../protocol/messages/describe-cluster.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { BrokerConnection } from './broker-connection.js'
import type { Broker } from './cluster-client.js'
import { throwIfError } from './kafka-error.js'

/** What DescribeCluster is asked about (KIP-919). */
export const BROKERS = 1
export const CONTROLLERS = 2

/** Whether the other end is no broker: a controller can tell where controllers are, and nothing of topics. */
export function knowsControllersOnly(connection: BrokerConnection): boolean {
  return connection.version(Metadata) === null
}

/** @throws KafkaError when a broker is asked. */
export async function askForControllers(
  connection: BrokerConnection,
  timeoutMs: number,
): Promise<{ readonly controllerId: number | null; readonly nodes: readonly Broker[] }> {
  const request = { includeClusterAuthorizedOperations: false, endpointType: CONTROLLERS }
  const response = await connection.call(DescribeCluster, request, { timeoutMs })
  throwIfError(response.errorCode, response.errorMessage)
  return {
    controllerId: response.controllerId < 0 ? null : response.controllerId,
    nodes: response.brokers.map(({ brokerId, host, port, rack }) => ({ id: brokerId, host, port, rack })),
  }
}
