import { ErrorCode } from '../../protocol/errors.js'
import { DescribeCluster } from '../../protocol/messages/describe-cluster.js'
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED } from '../authorized-operations.js'
import { endpointOf } from '../endpoints.js'
import { handle } from '../handler.js'

const BROKERS = 1
const CONTROLLERS = 2

/** The brokers of the cluster, those that are fenced too where asked for (KIP-1073). */
export const describeCluster = handle(DescribeCluster, '0-2', (request, { broker, connection }) => {
  const { endpointType } = request
  if (endpointType !== BROKERS) return { ...wrongEndpoint(endpointType), clusterId: '', brokers: [] }
  const { image } = broker.metadata
  const shown = [...image.brokers.values()].filter(({ fenced }) => request.includeFencedBrokers || !fenced)
  const brokers = shown
    .sort((a, b) => a.id - b.id)
    .flatMap((one) => {
      const endpoint = endpointOf(one, connection)
      return endpoint === null ? [] : [{ ...endpoint, brokerId: endpoint.nodeId, isFenced: one.fenced }]
    })
  return {
    errorCode: ErrorCode.NONE,
    clusterId: broker.clusterId,
    controllerId: image.brokers.get(broker.nodeId)?.fenced === false ? broker.nodeId : (brokers[0]?.brokerId ?? -1),
    brokers: brokers.map(({ brokerId, host, port, rack, isFenced }) => ({ brokerId, host, port, rack, isFenced })),
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? ALL_OPERATIONS.cluster
      : OPERATIONS_NOT_ASKED,
  }
})

/** What is wrong with asking a broker for endpoints of that type. */
function wrongEndpoint(endpointType: number): { errorCode: ErrorCode; errorMessage: string } {
  if (endpointType === CONTROLLERS) {
    const errorMessage =
      'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER'
    return { errorCode: ErrorCode.MISMATCHED_ENDPOINT_TYPE, errorMessage }
  }
  return { errorCode: ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, errorMessage: `Unsupported endpoint type ${endpointType}` }
}
