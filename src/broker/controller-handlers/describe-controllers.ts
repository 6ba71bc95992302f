import { ErrorCode } from '../../protocol/errors.js'
import { DescribeCluster } from '../../protocol/messages/describe-cluster.js'
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED } from '../authorized-operations.js'
import { handle } from '../handler.js'

const BROKERS = 1
const CONTROLLERS = 2

/** The controllers of the cluster, as one of them tells (KIP-919). */
export const describeControllers = handle(DescribeCluster, '0-2', (request, { broker, connection }) => {
  const { endpointType, includeClusterAuthorizedOperations } = request
  if (endpointType !== CONTROLLERS) return { ...wrongEndpoint(endpointType), clusterId: '', brokers: [] }
  const controllers = [...broker.metadata.image.controllers.values()].flatMap(({ id, endpoints }) => {
    const endpoint = endpoints.find(({ name }) => name === connection.listenerName)
    return endpoint === undefined
      ? []
      : [{ brokerId: id, host: endpoint.host, port: endpoint.port, rack: null, isFenced: false }]
  })
  return {
    errorCode: ErrorCode.NONE,
    endpointType: CONTROLLERS,
    clusterId: broker.clusterId,
    controllerId: broker.metadata.leaderId ?? -1,
    brokers: controllers,
    clusterAuthorizedOperations: includeClusterAuthorizedOperations ? ALL_OPERATIONS.cluster : OPERATIONS_NOT_ASKED,
  }
})

function wrongEndpoint(endpointType: number): { errorCode: ErrorCode; errorMessage: string } {
  if (endpointType === BROKERS) {
    const errorMessage =
      'The request was sent to an endpoint of type CONTROLLER, but we wanted an endpoint of type BROKER'
    return { errorCode: ErrorCode.MISMATCHED_ENDPOINT_TYPE, errorMessage }
  }
  return { errorCode: ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, errorMessage: `Unsupported endpoint type ${endpointType}` }
}
