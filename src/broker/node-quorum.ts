import { ZERO_UUID } from '../bytes/uuid.js'
import type { EndpointImage, FeatureRange } from '../cluster/image.js'
import type { LogDirectory } from '../storage/log-directory.js'
import type { BrokerNodeOptions } from './broker-node.js'
import { ControllerAddresses } from './controller-addresses.js'
import { MetadataLog } from './metadata-log.js'
import type { OtherBrokers } from './other-brokers.js'
import { OtherCluster } from './other-cluster.js'
import { peerControllers } from './peer-controllers.js'
import { WireQuorumCalls } from './quorum-calls.js'
import { QuorumPace } from './quorum-pace.js'
import { bootstrapServers, controllerListenerName } from './quorum-voters.js'
import type { Transport } from './transport.js'

export interface NodeQuorumOptions extends Omit<BrokerNodeOptions, 'clusterId' | 'faults'> {
  readonly clusterId: string
  readonly transport: Transport
  /** Where the metadata lies. */
  readonly directory: LogDirectory
  /** What a new cluster is formatted with. */
  readonly features: ReadonlyMap<string, FeatureRange>
  /** What this node's controller listens on; empty for a node that is none, or that nobody else needs to reach. */
  readonly endpoints: readonly EndpointImage[]
  /** What stands between this node and others. */
  readonly reaching: (nodes: OtherBrokers) => OtherBrokers
}

/** Of `kraft.version`, what this node can run at. */
const KRAFT_VERSIONS = { min: 0, max: 1 } as const

/** This node's part in the metadata quorum, and its ways to the others. */
export interface NodeQuorum {
  readonly metadata: MetadataLog
  readonly pace: QuorumPace
  readonly addresses: ControllerAddresses
  readonly otherCluster: OtherCluster
  readonly controllers: OtherBrokers
  /** A way of its own: a fetch that waits holds up what comes behind it. */
  readonly fetchedControllers: OtherBrokers
  /** Another: what clients ask may take longer than controllers wait for each other. */
  readonly forwardedControllers: OtherBrokers
}

/** @throws UserError for metadata that cannot be read */
export function openQuorum(options: NodeQuorumOptions): NodeQuorum {
  const { nodeId, clusterId, config, directory, endpoints, clock, reaching } = options
  const log = options.log.named('klog.metadata')
  const addresses = new ControllerAddresses(controllerListenerName(config), bootstrapServers(config))
  const otherCluster = new OtherCluster(clusterId, log)
  const pace = new QuorumPace(clock)
  const timeoutMs = (): number => pace.stretched(config.int('controller.quorum.request.timeout.ms'))
  const connect = (answerMs: () => number): OtherBrokers =>
    reaching(peerControllers({ ...options, addresses, timeoutMs: answerMs }))
  const controllers = connect(timeoutMs)
  const metadata = MetadataLog.open({
    ...{ ...options, log, clock, pace },
    self: {
      id: nodeId,
      directoryId: directory.metaProperties?.directoryId ?? ZERO_UUID,
      endpoints: endpoints.map(({ name, host, port }) => ({ name, host, port })),
      kraftVersions: KRAFT_VERSIONS,
    },
    calls: new WireQuorumCalls({ clusterId, controllers, addresses, otherCluster, timeoutMs }),
  })
  addresses.follow(() => metadata.quorum.voters)
  return {
    ...{ metadata, addresses, otherCluster, controllers, pace },
    fetchedControllers: connect(timeoutMs),
    forwardedControllers: connect(() => config.int('request.timeout.ms')),
  }
}
