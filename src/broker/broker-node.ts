import { resolve } from 'node:path'
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Random } from '../base/random.js'
import { randomUuid, type Uuid } from '../bytes/uuid.js'
import type { EndpointImage, FeatureRange } from '../cluster/image.js'
import type { ServedConnection } from '../net/connection.js'
import { Peer } from '../net/peer.js'
import type { Disk } from '../storage/disk.js'
import type { Housekeeping } from '../storage/housekeeping.js'
import { LogDirectory } from '../storage/log-directory.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { UnusableDirectory } from '../storage/unusable-directory.js'
import type { Broker } from './broker.js'
import type { BrokerConfig } from './broker-config.js'
import { BrokerLifecycle } from './broker-lifecycle.js'
import { BrokerMemory } from './broker-memory.js'
import { brokerStorage } from './broker-storage.js'
import { ClientQuotas } from './client-quotas.js'
import { ClientTelemetry } from './client-telemetry.js'
import { Controller } from './controller.js'
import { ControllerClient } from './controller-client.js'
import { controllerHandlers } from './controller-handlers.js'
import { ControllerRegistrar } from './controller-registrar.js'
import { DirectoryReports } from './directory-reports.js'
import { KNOWN_FEATURES, type SupportedFeature, supportedFeatures } from './features.js'
import { FetchSessions } from './fetch-sessions.js'
import { Forwarding } from './forwarding.js'
import { GroupCoordinators } from './group-coordinators.js'
import { handlers } from './handlers.js'
import { MetadataFetcher } from './metadata-fetcher.js'
import type { MetadataLog } from './metadata-log.js'
import { closeAsFound, dataPaths, formatted } from './node-directories.js'
import { FaultyNodes, type NodeFaults } from './node-faults.js'
import { openQuorum } from './node-quorum.js'
import type { OtherBrokers } from './other-brokers.js'
import { Partitions } from './partitions.js'
import { peerBrokers } from './peer-brokers.js'
import { RefusedBatches } from './refused-batches.js'
import { Replication } from './replication.js'
import { serve } from './serve.js'
import { TransactionCoordinators } from './transaction-coordinators.js'
import type { Transport } from './transport.js'
import { Turns } from './turns.js'
import { Unpacking } from './unpacking.js'
import { writeMarker } from './write-marker.js'

export interface BrokerNodeOptions {
  readonly nodeId: number
  readonly config: BrokerConfig
  /** For directories that are formatted now; drawn where null. */
  readonly clusterId: Uuid | null
  readonly disk: Disk
  readonly clock: Clock
  /** What nodes know of one another by: not `clock` where that can be moved ahead, for all would take one another for gone. */
  readonly realClock?: Clock
  readonly random: Random
  readonly log: Log
  /** Whether a node that is gone is noticed by its connections, at once; by its silence alone where left out, as in Kafka. */
  readonly noticesHangUps?: boolean
  /** What makes its way to other nodes bad; it is sound where left out. */
  readonly faults?: NodeFaults
  /** The way to other nodes: sockets where left out. */
  readonly transport?: Transport
  /** Its own where left out. */
  readonly memory?: BrokerMemory
}

/** How long others may take to lead what this broker led, when it stops. */
const SHUTDOWN_MS_MAX = 10_000

/** What of it is there once it takes part in the quorum. */
interface Started {
  readonly broker: Broker
  /** The way to the voters of the metadata quorum. */
  readonly controllers: OtherBrokers
  readonly fetcher: MetadataFetcher
  readonly registrar: ControllerRegistrar | null
  readonly replication: Replication
  /** Once the cluster has taken the broker in. */
  readonly inService: { readonly lifecycle: BrokerLifecycle; readonly directoryReports: DirectoryReports } | null
}

/** A whole broker but for its sockets: on whatever disk, by whatever clock, for whatever hands it connections. */
export class BrokerNode {
  readonly nodeId: number
  readonly clusterId: Uuid
  readonly dataDirectories: readonly string[]
  readonly #options: BrokerNodeOptions
  readonly #directories: readonly LogDirectory[]
  readonly #metadataDirectory: LogDirectory
  /** Paths in `log.dirs` that cannot be used. */
  readonly #lostDirectories: string[] = []
  #started: Started | null = null
  /** Null until it introduces itself. */
  #incarnationId: Uuid | null = null
  #hasCaughtUp = false

  /**
   * Claims the log directories, and formats those that are new.
   * @throws UserError for directories that cannot be used
   */
  static async open(options: BrokerNodeOptions): Promise<BrokerNode> {
    const claimed = new Map<string, LogDirectory>()
    try {
      return new BrokerNode(options, claimed)
    } catch (error) {
      await closeAsFound(claimed.values())
      throw error
    }
  }

  private constructor(options: BrokerNodeOptions, claimed: Map<string, LogDirectory>) {
    const { config, disk, clock, random, log, memory = new BrokerMemory() } = options
    const storage = brokerStorage({ disk, clock, random, log: log.named('klog.storage'), memory })
    const producerIdleMs = config.int('producer.id.expiration.ms')
    const claim = (path: string): LogDirectory => {
      const directory = claimed.get(path) ?? LogDirectory.open({ ...storage, path, producerIdleMs })
      claimed.set(path, directory)
      return directory
    }
    this.#options = options
    this.nodeId = options.nodeId
    this.#directories = dataPaths(config).flatMap((path) => this.#usable(path, claim))
    this.#metadataDirectory = claim(resolve(config.stringOrNull('metadata.log.dir') ?? this.#directories[0]!.path))
    this.dataDirectories = this.#directories.map(({ path }) => path)
    this.clusterId = formatted([...claimed.values()], options)
  }

  /** Like Kafka, a broker starts without directories that it cannot use, as long as it has the first, and so the metadata. */
  #usable(path: string, claim: (path: string) => LogDirectory): LogDirectory[] {
    const { config, log } = this.#options
    try {
      return [claim(path)]
    } catch (error) {
      if (!(error instanceof UnusableDirectory) || path === dataPaths(config)[0]) throw error
      log.error(`Going on without it: ${error.message}`)
      this.#lostDirectories.push(path)
      return []
    }
  }

  /** Calls back when the broker cannot go on: the directory of the metadata has failed, or the last one. */
  onFailure(listener: (error: Error) => void): void {
    for (const directory of this.directories)
      directory.onFailure((error) => {
        const isLast = this.#directories.every(({ failure }) => failure !== null)
        if (directory === this.#metadataDirectory || isLast) listener(error)
      })
  }

  /** All that it writes to; the metadata's last where it has its own. */
  get directories(): readonly LogDirectory[] {
    return [...new Set([...this.#directories, this.#metadataDirectory])]
  }

  /** Every log that is open, the metadata's too. */
  *logs(): Iterable<PartitionLog> {
    for (const directory of this.directories) yield* directory.logs
  }

  /** Once it has started: who compacts its logs, and removes what is old. */
  get housekeeping(): Housekeeping {
    return this.#running.broker.partitions.housekeeping
  }

  /** Once it is prepared: what it knows of the metadata quorum. */
  get quorum(): { readonly leaderId: number | null; readonly epoch: number } {
    return this.#running.broker.metadata.quorum
  }

  /** Null until it has started. */
  get broker(): Broker | null {
    return this.#started?.broker ?? null
  }

  /**
   * Reads what the last run left, and takes part in the metadata quorum: from here on the listeners of the controller, which are
   * at `endpoints`, have something to serve.
   * @throws UserError for metadata that cannot be read
   */
  prepare(endpoints: readonly EndpointImage[] = []): void {
    const { nodeId, config, clock, random, log, transport = (to) => Peer.connect(to) } = this.#options
    const realClock = this.#realClock
    const { clusterId } = this
    const { noticesHangUps = false } = this.#options
    const features = supportedFeatures([...handlers, ...controllerHandlers])
    const directories = this.#directories
    const quorum = openQuorum({
      ...{ ...this.#options, clusterId, transport, endpoints, features: rangesOf(features), clock: realClock },
      directory: this.#metadataDirectory,
      reaching: (nodes) => this.#reaching(nodes),
    })
    const { metadata, controllers, addresses, otherCluster, pace } = quorum
    const toBrokers = { nodeId, metadata, config, clock: realClock, transport }
    const otherBrokers = this.#reaching(peerBrokers(toBrokers), true)
    const controller = new Controller({
      ...{ nodeId, metadata, pace, config, clock: realClock, random, log: log.named('klog.controller') },
      ...(noticesHangUps && { isGone: async (id) => (await otherBrokers.isGone?.(id)) ?? false }),
    })
    const controllerClient = new ControllerClient({
      ...{ nodeId, clusterId, metadata, controller, controllers, config, clock: realClock },
    })
    const replication = new Replication({
      ...{ nodeId, controller: controllerClient, config, clock: realClock },
      log: log.named('klog.partitions'),
      connect: () => this.#reaching(peerBrokers(toBrokers), true),
    })
    const partitions = new Partitions({
      proposals: replication.proposals,
      nodeId,
      ...{ clock, realClock },
      config,
      directories,
      log: log.named('klog.partitions'),
      lostDirectories: this.#lostDirectories,
    })
    metadata.subscribe((image) => {
      if (this.#isUpToDate(metadata)) partitions.applyImage(image)
    })
    const groups = new GroupCoordinators({ config, clock, metadata, partitions, log: log.named('klog.groups') })
    const transactions = new TransactionCoordinators({
      ...{ nodeId, config, clock, metadata, partitions, controller: controllerClient, otherBrokers },
      log: log.named('klog.transactions'),
      writeMarker: (...marker) => writeMarker({ clock, config, partitions, groups }, ...marker),
    })
    const quotas = new ClientQuotas(config)
    metadata.subscribe((image) => quotas.follow(image))
    const slots = config.int('max.incremental.fetch.session.cache.slots')
    const fetchSessions = new FetchSessions(clock, random, slots)
    const broker: Broker = {
      ...{ nodeId, clusterId, config, clock, random, metadata, controller, partitions, groups, fetchSessions, quotas },
      supportedFeatures: features,
      ...{ transactions, otherBrokers, controllerClient, controllerAddresses: addresses },
      forwarding: new Forwarding({
        ...{ metadata, controllers: quorum.forwardedControllers, clock: realClock },
        timeoutMs: () => config.int('request.timeout.ms'),
      }),
      refusedBatches: new RefusedBatches(clock),
      ...{ unpacking: new Unpacking(clock), turns: new Turns(clock) },
      telemetry: new ClientTelemetry({ clock, random, config, metadata }),
      log: log.named('klog.broker'),
    }
    const fetcher = new MetadataFetcher({
      otherCluster,
      ...{ nodeId, clusterId, addresses, metadata, config, clock: realClock, noticesHangUps },
      controllers: quorum.fetchedControllers,
      log: log.named('klog.metadata'),
    })
    const registrar = this.#registrar(broker, endpoints)
    this.#started = { broker, controllers, fetcher, registrar, replication, inService: null }
  }

  /**
   * Introduces itself to the cluster as reachable at `endpoints`, and resolves when it is in service.
   * @throws UserError for metadata that cannot be read, and a broker that the cluster refuses
   */
  async start(endpoints: readonly EndpointImage[]): Promise<void> {
    if (this.#started === null) this.prepare()
    const { nodeId, config, random, log } = this.#options
    const clock = this.#realClock
    const directories = this.#directories
    const { broker, controllers } = this.#running
    const { controller, controllerClient, metadata, partitions } = broker
    const incarnationId = randomUuid(random)
    this.#incarnationId = incarnationId
    const lifecycle = new BrokerLifecycle({
      ...{ controller, client: controllerClient, metadata, config, clock },
      log: log.named('klog.controller'),
      isGone: async (voter) => voter !== nodeId && ((await controllers.isGone?.(voter)) ?? false),
      registration: {
        brokerId: nodeId,
        incarnationId,
        endpoints,
        features: rangesOf(KNOWN_FEATURES),
        rack: config.stringOrNull('broker.rack'),
        logDirs: directories.flatMap(({ metaProperties }) => metaProperties?.directoryId ?? []),
        previousBrokerEpoch: directories[0]!.previousBrokerEpoch,
      },
    })
    const running = this.#running
    await lifecycle.start()
    const lines = log.named('klog.partitions')
    const directoryReports = new DirectoryReports({
      controller: controllerClient,
      config,
      clock,
      log: lines,
      partitions,
    })
    running.replication.start(partitions)
    this.#started = { ...running, inService: { lifecycle, directoryReports } }
  }

  /** Once it has started: what a listener hands its connections to. */
  serves(listenerName: string): (connection: ServedConnection) => void {
    return serve(this.#running.broker, listenerName, handlers)
  }

  /** Once it is prepared: what a listener of the controller hands its connections to. */
  servesController(listenerName: string): (connection: ServedConnection) => void {
    return serve(this.#running.broker, listenerName, controllerHandlers)
  }

  /** Goes out of service: whoever else can leads its partitions, if it `handsOver`, and who waits for its coordinators is told. */
  async retire(handsOver = true): Promise<void> {
    const { broker, replication, inService } = this.#running
    const { groups, transactions, otherBrokers } = broker
    const { config } = this.#options
    inService?.directoryReports.close()
    if (handsOver && config.boolean('controlled.shutdown.enable')) await inService?.lifecycle.shutDown(SHUTDOWN_MS_MAX)
    inService?.lifecycle.close()
    replication.close()
    groups.close()
    transactions.close()
    otherBrokers.close()
    if (broker.metadata.quorum.voters.size > 1) broker.metadata.quorum.resign()
  }

  /** After `retire`: everything is on the device when it resolves, and the next start need not look for it. */
  async close(): Promise<void> {
    const { broker, controllers, fetcher, registrar } = this.#running
    const brokerEpoch = broker.controllerClient.brokerEpoch
    fetcher.close()
    registrar?.close()
    broker.controller.close()
    broker.metadata.settle()
    broker.metadata.close()
    broker.forwarding.close()
    controllers.close()
    await broker.partitions.close(brokerEpoch)
    await this.#metadataDirectory.close(brokerEpoch)
  }

  /** Lets go of everything as it is, as if the process had been killed. */
  abandon(): void {
    if (this.#started !== null) {
      const { broker, controllers, fetcher, registrar, replication, inService } = this.#started
      replication.close()
      inService?.directoryReports.close()
      inService?.lifecycle.close()
      fetcher.close()
      registrar?.close()
      broker.groups.close()
      broker.transactions.close()
      broker.otherBrokers.close()
      broker.controller.close()
      broker.metadata.close()
      broker.forwarding.close()
      controllers.close()
      broker.partitions.abandon()
    }
    for (const directory of this.#directories) directory.abandon()
    this.#metadataDirectory.abandon()
  }

  /**
   * Whether the metadata has come to where this process introduced itself. What it says before is of the past: replicas made by
   * it would take deleted topics for new ones, and go back to leaders of long ago.
   */
  #isUpToDate({ image, quorum }: MetadataLog): boolean {
    const isAlone = quorum.isVoter && quorum.voters.size === 1
    const own = image.brokers.get(this.nodeId)?.incarnationId
    this.#hasCaughtUp ||= isAlone || (own !== undefined && own === this.#incarnationId)
    return this.#hasCaughtUp
  }

  /** Where starting has failed: leaves the directories as they were found. */
  async giveUp(): Promise<void> {
    await closeAsFound(new Set([...this.#directories, this.#metadataDirectory]))
  }

  /** Null where nobody can come to this node as a controller. */
  #registrar({ metadata, controllerClient: client }: Broker, endpoints: readonly EndpointImage[]) {
    const { nodeId: id, random, log } = this.#options
    const clock = this.#realClock
    if (endpoints.length === 0) return null
    const controller = { id, incarnationId: randomUuid(random), endpoints, features: rangesOf(KNOWN_FEATURES) }
    return new ControllerRegistrar({ controller, client, metadata, clock, log: log.named('klog.controller') })
  }

  #reaching(nodes: OtherBrokers, areReplicas = false): OtherBrokers {
    const { faults } = this.#options
    return faults === undefined ? nodes : new FaultyNodes(nodes, { faults, clock: this.#realClock, areReplicas })
  }

  get #realClock(): Clock {
    return this.#options.realClock ?? this.#options.clock
  }

  get #running(): Started {
    if (this.#started === null) throw new Error('the broker has not started')
    return this.#started
  }
}

function rangesOf(features: readonly SupportedFeature[]): Map<string, FeatureRange> {
  return new Map(features.map(({ name, minVersion, maxVersion }) => [name, { min: minVersion, max: maxVersion }]))
}
