import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Random } from '../base/random.js'
import { Serial } from '../base/serial.js'
import { type AlterClientQuotasRequest, alterClientQuotas } from '../cluster/alter-client-quotas.js'
import {
  alterConfigs,
  type ConfigChange,
  type ConfigsDecided,
  type Resource,
  replaceConfigs,
} from '../cluster/alter-configs.js'
import { type AlterPartitionRequest, alterPartition } from '../cluster/alter-partition.js'
import { type AlterScramRequest, alterScramCredentials } from '../cluster/alter-scram-credentials.js'
import { assignDirectories, type Placement } from '../cluster/assign-directories.js'
import { decideHeartbeat, type HeartbeatDecision, type HeartbeatRequest } from '../cluster/broker-heartbeat.js'
import {
  beginControlledShutdown,
  fenceBroker,
  type Registration,
  registerBroker,
  unfenceBroker,
  unregisterBroker,
} from '../cluster/broker-lifecycle.js'
import {
  changeDirectories,
  type DirectoriesFound,
  type DirectoryNews,
  directoryChanges,
} from '../cluster/change-directories.js'
import { type CreatePartitionsRequest, createPartitions } from '../cluster/create-partitions.js'
import { type CreateTopicsRequest, createTopics } from '../cluster/create-topics.js'
import type { Charge, ControllerSettings, Decision, Refusal } from '../cluster/decision.js'
import { type DeleteTopicsRequest, deleteTopics } from '../cluster/delete-topics.js'
import {
  type ElectionResults,
  type ElectLeadersRequest,
  electLeaders,
  electPreferredLeaders,
  electUncleanLeaders,
} from '../cluster/elect-leaders.js'
import type { ControllerImage, FeatureRange } from '../cluster/image.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { nextProducerIds } from '../cluster/producer-ids.js'
import { type ReassignRequest, reassignPartitions } from '../cluster/reassign-partitions.js'
import type { MetadataRecord } from '../cluster/records.js'
import { registerController } from '../cluster/register-controller.js'
import { type UpdateFeaturesRequest, updateFeatures } from '../cluster/update-features.js'
import { ErrorCode } from '../protocol/errors.js'
import { kraftUpgradeProblem, upgradeKraftVersion } from '../quorum/voter-changes.js'
import type { BrokerConfig } from './broker-config.js'
import { BrokerSessions } from './broker-sessions.js'
import { describeCreatedTopic } from './config-entries.js'
import { controllerSettings } from './controller-settings.js'
import type { HeardOn } from './hang-ups.js'
import { type InternalTopic, internalTopic } from './internal-topics.js'
import { LeaderBalance } from './leader-balance.js'
import type { MetadataLog } from './metadata-log.js'
import { NotController } from './not-controller.js'
import type { QuorumPace } from './quorum-pace.js'

/** A refusal that says why. */
type Spoken = Refusal & { readonly errorMessage: string }

export interface ControllerOptions {
  readonly nodeId: number
  readonly metadata: MetadataLog
  readonly pace: QuorumPace
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Whether nobody listens any more where a broker did; only silence counts where it is left out. */
  readonly isGone?: (brokerId: number) => Promise<boolean>
}

/**
 * Where the metadata is changed: one request after the other is decided on the committed image, its records are committed, and
 * then it is answered. What was changed has reached everybody who subscribed to the metadata by then.
 */
export class Controller {
  readonly #options: ControllerOptions
  readonly #settings: ControllerSettings
  readonly #queue = new Serial()
  readonly #sessions: BrokerSessions
  readonly #balance: LeaderBalance
  #registration: Registration | null = null

  constructor(options: ControllerOptions) {
    this.#options = options
    this.#settings = controllerSettings(options.config, options.random)
    this.#sessions = new BrokerSessions({
      ...options,
      // A broker that waits for the disk cannot tell that it lives.
      timeoutMs: () => options.pace.stretched(options.config.int('broker.session.timeout.ms')),
      isGone: options.isGone ?? null,
      expire: (brokerId, why) => {
        // Who leads by now decides it anew where this node does not.
        this.fenceLost(brokerId, why).catch(() => {})
      },
    })
    this.#balance = new LeaderBalance({ ...options, controller: this })
  }

  createTopics(
    request: Pick<CreateTopicsRequest, 'topics' | 'validateOnly'> & Partial<CreateTopicsRequest>,
    charge?: Charge,
  ) {
    const describe = describeCreatedTopic(this.#options.config)
    return this.#decide((image) => createTopics(image, request, this.#settings, describe, charge))
  }

  deleteTopics(request: Pick<DeleteTopicsRequest, 'topics' | 'topicNames'>, charge?: Charge) {
    return this.#decide((image) => deleteTopics(image, request, this.#settings, charge))
  }

  createPartitions(request: Pick<CreatePartitionsRequest, 'topics' | 'validateOnly'>, charge?: Charge) {
    return this.#decide((image) => createPartitions(image, request, this.#settings, charge))
  }

  /** Changes single configs of a resource. */
  alterConfigs(resource: Resource, changes: readonly ConfigChange[], validateOnly: boolean): Promise<Refusal | null> {
    return this.#configure((image) => alterConfigs(image, resource, changes, this.#settings), validateOnly)
  }

  /** Makes `configs` all that is set for a resource. */
  replaceConfigs(
    resource: Resource,
    configs: ReadonlyMap<string, string>,
    validateOnly: boolean,
  ): Promise<Refusal | null> {
    return this.#configure((image) => replaceConfigs(image, resource, configs, this.#settings), validateOnly)
  }

  /** @param isAddress whether what stands for an address is one, or has one */
  alterClientQuotas(request: AlterClientQuotasRequest, isAddress: (name: string) => boolean) {
    return this.#decide((image) => alterClientQuotas(image, request, isAddress))
  }

  alterScramCredentials(request: AlterScramRequest) {
    return this.#decide((image) => alterScramCredentials(image, request))
  }

  electLeaders(request: Pick<ElectLeadersRequest, 'electionType' | 'topicPartitions'>) {
    return this.#decide<ElectionResults | Refusal>((image) => {
      const decided = electLeaders(image, request, this.#settings)
      return 'errorCode' in decided ? { records: [], response: decided } : decided
    })
  }

  /** @returns how many partitions have a new leader */
  electPreferredLeaders(): Promise<number> {
    return this.#decide((image) => counted(electPreferredLeaders(image, this.#settings)))
  }

  /** @returns how many partitions have a leader again */
  electUncleanLeaders(): Promise<number> {
    return this.#decide((image) => counted(electUncleanLeaders(image, this.#settings)))
  }

  alterPartitionReassignments(request: ReassignRequest) {
    return this.#decide((image) => reassignPartitions(image, request, this.#settings))
  }

  /** A leader of this or another broker proposes who is in sync. */
  alterPartition(request: AlterPartitionRequest) {
    return this.#decide((image) => alterPartition(image, request, this.#settings))
  }

  /** Moves feature levels, within the ranges that this node serves. */
  updateFeatures(request: UpdateFeaturesRequest, features: ReadonlyMap<string, FeatureRange>) {
    const { nodeId, metadata } = this.#options
    const { quorum } = metadata
    return this.#decide((image) => {
      const kraft = {
        level: quorum.kraftVersion,
        problemWith: (level: number) => quorum.turn((turn) => kraftUpgradeProblem(turn.quorum, level)),
      }
      const decided = updateFeatures(image, request, { nodeId, features, kraft }, this.#settings)
      const { kraftVersion } = decided
      if (kraftVersion !== null) quorum.turn((turn) => upgradeKraftVersion(turn, kraftVersion))
      return decided
    })
  }

  /** A controller introduces itself. @returns why it is refused, or null */
  registerController(controller: ControllerImage): Promise<Refusal | null> {
    return this.#decide<Refusal | null>((image) => {
      const decided = registerController(image, controller)
      return 'errorCode' in decided ? { records: [], response: decided } : { records: decided, response: null }
    })
  }

  /** A broker says where its replicas lie. */
  assignDirectories(brokerId: number, placements: readonly Placement[]): Promise<void> {
    return this.#decide((image) => ({
      records: assignDirectories(image, brokerId, placements),
      response: undefined,
    }))
  }

  /** A broker says which of its directories it has left, and which take nothing new. */
  changeDirectories(brokerId: number, found: DirectoriesFound): Promise<void> {
    return this.#decide((image) => ({
      records: changeDirectories(image, brokerId, found, this.#settings),
      response: undefined,
    }))
  }

  /** Makes one of Kafka's own topics where there is none yet. NONE says that it is there. */
  createInternalTopic(name: InternalTopic): Promise<ErrorCode> {
    const { config } = this.#options
    return this.#decide((image) => {
      if (image.topic(name) !== null) return { records: [], response: ErrorCode.NONE }
      const request = { topics: [internalTopic(name, config)], validateOnly: false }
      const { records, response } = createTopics(image, request, this.#settings, () => [])
      return { records, response: response.topics[0]!.errorCode }
    })
  }

  /** Ids that no producer has had, for a broker to give out. */
  allocateProducerIds(brokerId: number): Promise<{ readonly first: bigint; readonly end: bigint }> {
    return this.#decide((image) => {
      const { record, first, end } = nextProducerIds(image, brokerId)
      return { records: [record], response: { first, end } }
    })
  }

  /**
   * Introduces this node's broker after a start: the brokers of the last run are fenced, this one is registered anew, and leads
   * again what only it can lead.
   * @returns the broker's epoch, or why it is refused.
   */
  async start(registration: Registration): Promise<number | Spoken> {
    this.#registration = registration
    await this.#change((image) =>
      [...image.brokers.keys()].map((id) => (before) => fenceBroker(before, id, this.#settings)),
    )
    return this.#register(registration)
  }

  async #register(registration: Registration): Promise<number | Spoken> {
    const registered = await this.registerBroker(registration)
    if ('errorCode' in registered) return { ...registered, errorMessage: registered.errorMessage ?? '' }
    await this.#change(() => [(image) => unfenceBroker(image, registration.brokerId, this.#settings)])
    return registered.brokerEpoch
  }

  /** A broker introduces itself; it is fenced until it has shown that it knows the metadata. */
  registerBroker(registration: Registration): Promise<{ brokerEpoch: number } | Refusal> {
    return this.#decide<{ brokerEpoch: number } | Refusal>((image) => {
      const { nextOffset } = this.#options.metadata
      const decided = registerBroker(image, registration, nextOffset, this.#settings)
      return 'errorCode' in decided ? { records: [], response: decided } : decided
    })
  }

  /** The last incarnation of this node's broker is known to be dead: this process is the next one. */
  fenceOwn(): Promise<void> {
    return this.#change(() => [(image) => fenceBroker(image, this.#options.nodeId, this.#settings)])
  }

  /** A broker that has not been heard of for too long, or is known to be gone. */
  fenceLost(brokerId: number, why: 'silent' | 'gone'): Promise<void> {
    const reason = why === 'silent' ? 'has not been heard of for too long' : 'is gone: nobody listens where it did'
    this.#options.log.info(`Broker ${brokerId} ${reason}; it is fenced`)
    return this.#change(() => [(image) => fenceBroker(image, brokerId, this.#settings)])
  }

  /** A broker shows that it lives, and how much it knows; it may ask to be let go (KIP-631). `link` is what that came in on. */
  async heartbeat(request: HeartbeatRequest & DirectoryNews, link: HeardOn | null = null): Promise<HeartbeatDecision> {
    const { metadata } = this.#options
    const heard = (): void => this.#sessions.heard(request.brokerId, request.currentMetadataOffset, link)
    // What waits here for its turn behind a slow disk lives no less.
    if (metadata.isActive) heard()
    return this.#queue.run(async () => {
      if (!metadata.isActive) throw new NotController()
      heard()
      await metadata.commit(directoryChanges(metadata.image, request, this.#settings))
      const leastOffset = this.#sessions.leastOffset(metadata.image)
      const { records, response } = decideHeartbeat(metadata.image, request, leastOffset, this.#settings)
      await metadata.commit(records)
      return response
    })
  }

  /** Takes this node's broker out of service: others lead, and it is fenced. */
  async shutDown(): Promise<void> {
    const { nodeId } = this.#options
    await this.#change(() => [
      (image) => beginControlledShutdown(image, nodeId, this.#settings),
      (image) => fenceBroker(image, nodeId, this.#settings),
    ])
  }

  /** Takes a broker off the books. This node's, which lives, registers itself again. */
  async unregisterBroker(brokerId: number): Promise<Refusal | null> {
    const refused = await this.#decide<Refusal | null>((image) => {
      const decided = unregisterBroker(image, brokerId, this.#settings)
      return 'errorCode' in decided ? { records: [], response: decided } : { records: decided, response: null }
    })
    if (refused === null && brokerId === this.#registration?.brokerId) await this.#register(this.#registration)
    return refused
  }

  close(): void {
    this.#sessions.close()
    this.#balance.close()
  }

  /** Resolves when everything asked for so far has been answered. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  #configure(
    decide: (image: MetadataImage) => ConfigsDecided | Refusal,
    validateOnly: boolean,
  ): Promise<Refusal | null> {
    return this.#decide<Refusal | null>((image) => {
      const decided = decide(image)
      if ('errorCode' in decided) return { records: [], response: decided }
      return { records: validateOnly ? [] : decided.records, response: null }
    })
  }

  /** Steps that each see what the one before has changed; each is committed by itself. */
  #change(steps: (image: MetadataImage) => ((image: MetadataImage) => readonly MetadataRecord[])[]): Promise<void> {
    const { metadata } = this.#options
    return this.#queue.run(async () => {
      for (const step of steps(metadata.image)) await metadata.commit(step(metadata.image))
    })
  }

  #decide<Response>(decide: (image: MetadataImage) => Decision<Response>): Promise<Response> {
    const { metadata } = this.#options
    return this.#queue.run(async () => {
      if (!metadata.isActive) throw new NotController()
      const { records, response } = decide(metadata.image)
      await metadata.commit(records)
      return response
    })
  }
}

function counted(records: readonly MetadataRecord[]): Decision<number> {
  return { records, response: records.length }
}
