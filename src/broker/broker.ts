import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Random } from '../base/random.js'
import type { BrokerConfig } from './broker-config.js'
import type { ClientQuotas } from './client-quotas.js'
import type { ClientTelemetry } from './client-telemetry.js'
import type { Controller } from './controller.js'
import type { ControllerAddresses } from './controller-addresses.js'
import type { ControllerClient } from './controller-client.js'
import type { SupportedFeature } from './features.js'
import type { FetchSessions } from './fetch-sessions.js'
import type { Forwarding } from './forwarding.js'
import type { GroupCoordinators } from './group-coordinators.js'
import type { MetadataLog } from './metadata-log.js'
import type { OtherBrokers } from './other-brokers.js'
import type { Partitions } from './partitions.js'
import type { RefusedBatches } from './refused-batches.js'
import type { TransactionCoordinators } from './transaction-coordinators.js'
import type { Turns } from './turns.js'
import type { Unpacking } from './unpacking.js'

/** What a handler may reach. Built in `broker-node.ts`; nothing in here knows how many brokers live in this process. */
export interface Broker {
  readonly nodeId: number
  /** 22 characters of base64url, the same for every broker of a cluster. */
  readonly clusterId: string
  /** What this node supports, whichever listener is asked. */
  readonly supportedFeatures: readonly SupportedFeature[]
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** The committed metadata: the image and who hears of its changes. */
  readonly metadata: MetadataLog
  /** Decides on changes of the metadata while this node is the one to do so. */
  readonly controller: Controller
  /** Where controllers listen, as far as it is known. */
  readonly controllerAddresses: ControllerAddresses
  /** Asks the controller, wherever it is, for what this broker itself needs. */
  readonly controllerClient: ControllerClient
  /** Hands on what clients ask of the controller. */
  readonly forwarding: Forwarding
  /** The replicas that this broker holds. */
  readonly partitions: Partitions
  readonly groups: GroupCoordinators
  readonly transactions: TransactionCoordinators
  readonly otherBrokers: OtherBrokers
  readonly fetchSessions: FetchSessions
  readonly refusedBatches: RefusedBatches
  readonly unpacking: Unpacking
  readonly turns: Turns
  /** What users and client ids are held to. */
  readonly quotas: ClientQuotas
  readonly telemetry: ClientTelemetry
}
