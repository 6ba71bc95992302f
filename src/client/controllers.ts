import { ErrorCode } from '../protocol/errors.js'
import { DescribeCluster } from '../protocol/messages/describe-cluster.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { BrokerConnection } from './broker-connection.js'
import type { Broker } from './cluster-client.js'
import { KafkaError, throwIfError } from './kafka-error.js'

/** What DescribeCluster is asked about (KIP-919). */
export const BROKERS = 1
export const CONTROLLERS = 2

/** Whether the other end is no broker: a controller can tell where controllers are, and nothing of topics. */
export function knowsControllersOnly(connection: BrokerConnection): boolean {
  return connection.version(Metadata) === null
}

/** The calls that a controller answers when it is asked itself, by Kafka's names for them (KIP-919). */
const ASKED_OF_CONTROLLERS = new Set([
  'addRaftVoter',
  'alterPartitionReassignments',
  'describeConfigs',
  'describeFeatures',
  'describeMetadataQuorum',
  'incrementalAlterConfigs',
  'listNodes',
  'listPartitionReassignments',
  'removeRaftVoter',
  'unregisterBroker',
  'updateFeatures',
])

/** @throws KafkaError unless controllers may be asked this. */
export function checkAskedOfControllers(call: string): void {
  if (ASKED_OF_CONTROLLERS.has(call)) return
  throw new KafkaError(
    ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
    'This Admin API is not yet supported when communicating directly with the controller quorum.',
  )
}

/** @throws KafkaError when there is a broker where a controller was to be. */
export function checkIsController(connection: BrokerConnection): void {
  if (knowsControllersOnly(connection)) return
  throw new KafkaError(
    ErrorCode.MISMATCHED_ENDPOINT_TYPE,
    'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
  )
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
