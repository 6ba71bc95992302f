import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { type Log, silentLog } from '../../src/base/log.js'
import type { Broker } from '../../src/broker/broker.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { BrokerMemory } from '../../src/broker/broker-memory.js'
import { brokerStorage } from '../../src/broker/broker-storage.js'
import { ClientQuotas } from '../../src/broker/client-quotas.js'
import { ClientTelemetry } from '../../src/broker/client-telemetry.js'
import { supportedFeatures } from '../../src/broker/features.js'
import { FetchSessions } from '../../src/broker/fetch-sessions.js'
import { GroupCoordinators } from '../../src/broker/group-coordinators.js'
import { handlers } from '../../src/broker/handlers.js'
import type { IsrProposals } from '../../src/broker/isr-proposals.js'
import type { MetadataLog } from '../../src/broker/metadata-log.js'
import type { OtherBrokers } from '../../src/broker/other-brokers.js'
import { Partitions } from '../../src/broker/partitions.js'
import { RefusedBatches } from '../../src/broker/refused-batches.js'
import { serve } from '../../src/broker/serve.js'
import { TransactionCoordinators } from '../../src/broker/transaction-coordinators.js'
import { Turns } from '../../src/broker/turns.js'
import { Unpacking } from '../../src/broker/unpacking.js'
import { writeMarker } from '../../src/broker/write-marker.js'
import { randomUuid, type Uuid } from '../../src/bytes/uuid.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { MetadataRecord } from '../../src/cluster/records.js'
import { ResourceType } from '../../src/cluster/resource-type.js'
import { BufferPool } from '../../src/net/buffer-pool.js'
import { Listener } from '../../src/net/listener.js'
import { Peer } from '../../src/net/peer.js'
import { type Disk, systemDisk } from '../../src/storage/disk.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import { RawClient } from './raw-client.js'
import { seededRandom } from './seeded-random.js'

export interface TopicOptions {
  readonly partitions?: number
  readonly replicas?: number[]
  readonly isr?: number[]
  readonly leader?: number
  readonly configs?: Record<string, string>
}

export interface BrokerOptions {
  readonly clock?: Clock
  readonly disk?: Disk
  readonly settings?: Record<string, string>
  /** How many log directories; 1 if left out. */
  readonly turns?: Turns
  readonly directories?: number
  /** The way to the brokers that the metadata speaks of besides this one; nobody is there if left out. */
  readonly otherBrokers?: OtherBrokers
  /** Who takes what leaders propose to the controller; nobody if left out. */
  readonly proposals?: Pick<IsrProposals, 'submit'>
}

const NOBODY: OtherBrokers = {
  call: () => Promise.reject(new Error('there are no other brokers')),
  close: () => {},
}

interface Running {
  readonly listener: Listener
  readonly partitions: Partitions
  readonly broker: Broker
  readonly groups: GroupCoordinators
  readonly transactions: TransactionCoordinators
}

/**
 * Everything from the socket to the segment file, for one broker (id 0) of a cluster whose metadata the test writes by hand:
 * so a test decides who replicates, who is in sync and who leads.
 */
export class DataPathBroker {
  readonly root = mkdtempSync(join(tmpdir(), 'klog-data-path-'))
  readonly clock: Clock
  readonly lines: string[] = []
  readonly #disk: Disk
  readonly #settings: Record<string, string>
  readonly #directories: number
  readonly #turns: Turns
  readonly #otherBrokers: OtherBrokers
  readonly #proposals: Pick<IsrProposals, 'submit'>
  readonly #clients: { destroy?(): void; close?(): void }[] = []
  readonly #random = seededRandom(7)
  readonly #subscribers = new Set<(image: MetadataImage, previous: MetadataImage) => void>()
  #image = MetadataImage.empty
  #producerId = 4000n
  #running: Running | null = null

  private constructor(o: BrokerOptions) {
    this.clock = o.clock ?? systemClock
    this.#disk = o.disk ?? systemDisk
    this.#settings = o.settings ?? {}
    this.#directories = o.directories ?? 1
    this.#turns = o.turns ?? new Turns(this.clock)
    this.#otherBrokers = o.otherBrokers ?? NOBODY
    this.#proposals = o.proposals ?? { submit: () => {} }
  }

  static async start(o: BrokerOptions = {}): Promise<DataPathBroker> {
    const broker = new DataPathBroker(o)
    await broker.open()
    return broker
  }

  /** Starts on the data and metadata that are there. */
  async open(): Promise<void> {
    const { clock } = this
    const keep = (line: string): void => void this.lines.push(line)
    const log: Log = { ...silentLog, info: keep, warn: keep, error: keep, named: () => log }
    const random = this.#random
    const config = new BrokerConfig({ nodeId: 0, settings: new Map(Object.entries(this.#settings)) })
    const storage = brokerStorage({ disk: this.#disk, clock, random, log, memory: new BrokerMemory() })
    const paths = Array.from({ length: this.#directories }, (_, i) => join(this.root, `data-${i}`))
    const directories = paths.map((path) => LogDirectory.open({ ...storage, path }))
    const partitions = new Partitions({ nodeId: 0, clock, log, config, directories, proposals: this.#proposals })
    const self = this
    const metadata = {
      quorum: { kraftVersion: 0 },
      get image() {
        return self.#image
      },
      subscribe: (subscriber: (image: MetadataImage, previous: MetadataImage) => void) => {
        self.#subscribers.add(subscriber)
        return () => self.#subscribers.delete(subscriber)
      },
    } as unknown as MetadataLog
    const groups = new GroupCoordinators({ config, clock, log, metadata, partitions })
    const quotas = new ClientQuotas(config)
    quotas.follow(this.#image)
    this.#subscribers.add((image) => quotas.follow(image))
    const otherBrokers = this.#otherBrokers
    const controller = { allocateProducerId: async () => self.#producerId++ }
    const transactions = new TransactionCoordinators({
      ...{ nodeId: 0, config, clock, log, metadata, partitions, controller, otherBrokers },
      writeMarker: (...marker) => writeMarker({ clock, config, partitions, groups }, ...marker),
    })
    const broker = {
      nodeId: 0,
      clusterId: 'AAAAAAAAAAAAAAAAAAAAAw',
      supportedFeatures: supportedFeatures(handlers),
      config,
      clock,
      random,
      log,
      partitions,
      fetchSessions: new FetchSessions(clock, random, config.int('max.incremental.fetch.session.cache.slots')),
      refusedBatches: new RefusedBatches(clock),
      unpacking: new Unpacking(clock),
      turns: this.#turns,
      metadata,
      groups,
      quotas,
      telemetry: new ClientTelemetry({ clock, random, config, metadata }),
      controllerClient: controller,
      controller,
      transactions,
      otherBrokers,
    } as unknown as Broker
    const listener = await Listener.open({
      host: '127.0.0.1',
      port: 0,
      clock,
      log,
      pool: new BufferPool(),
      frameBytesMax: config.int('socket.request.max.bytes'),
      idleMsMax: -1,
      onConnection: serve(broker, 'PLAINTEXT', handlers),
    })
    this.#running = { listener, partitions, broker, groups, transactions }
    config.follow(this.#image)
    partitions.applyImage(this.#image)
  }

  get port(): number {
    return this.#running!.listener.port
  }

  get partitions(): Partitions {
    return this.#running!.partitions
  }

  get groups(): GroupCoordinators {
    return this.#running!.groups
  }

  get transactions(): TransactionCoordinators {
    return this.#running!.transactions
  }

  get fetchSessions(): FetchSessions {
    return this.#running!.broker.fetchSessions
  }

  get image(): MetadataImage {
    return this.#image
  }

  apply(...records: MetadataRecord[]): void {
    const previous = this.#image
    this.#image = previous.apply(records, { offset: previous.offset + records.length, epoch: 1 })
    this.#running!.broker.config.follow(this.#image)
    this.partitions.applyImage(this.#image)
    for (const subscriber of this.#subscribers) subscriber(this.#image, previous)
  }

  createTopic(name: string, o: TopicOptions = {}): Uuid {
    const topicId = randomUuid(this.#random)
    const replicas = o.replicas ?? [0]
    const count = o.partitions ?? 1
    this.apply(
      { type: 'Topic', name, topicId },
      ...Object.entries(o.configs ?? {}).map(
        ([key, value]): MetadataRecord => ({
          type: 'Config',
          resourceType: ResourceType.TOPIC,
          resourceName: name,
          name: key,
          value,
        }),
      ),
      ...Array.from(
        { length: count },
        (_, partitionId): MetadataRecord => ({
          type: 'Partition',
          partitionId,
          topicId,
          replicas,
          isr: o.isr ?? replicas,
          removingReplicas: [],
          addingReplicas: [],
          leader: o.leader ?? replicas[0]!,
          leaderEpoch: 0,
          partitionEpoch: 0,
        }),
      ),
    )
    return topicId
  }

  changePartition(topic: string, partitionId: number, change: { isr?: number[]; leader?: number }): void {
    this.apply({ type: 'PartitionChange', partitionId, topicId: this.#image.topic(topic)!.id, ...change })
  }

  /** Another broker, or this one, introduces itself and is in service. */
  registerBroker(brokerId: number, brokerEpoch: number, rack: string | null = null): void {
    this.apply({
      type: 'RegisterBroker',
      ...{ brokerId, brokerEpoch, rack },
      incarnationId: randomUuid(this.#random),
      endPoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092 + brokerId, securityProtocol: 0 }],
      features: [],
      fenced: false,
      inControlledShutdown: false,
      logDirs: [],
    })
  }

  deleteTopic(topic: string): void {
    this.apply({ type: 'RemoveTopic', topicId: this.#image.topic(topic)!.id })
  }

  /** While the broker is down: the topic is deleted. */
  forget(topic: string): void {
    const at = { offset: this.#image.offset + 1, epoch: 1 }
    this.#image = this.#image.apply([{ type: 'RemoveTopic', topicId: this.#image.topic(topic)!.id }], at)
  }

  /** While the broker is down: the topic is deleted, and made again. */
  replaceId(name: string): void {
    const old = this.#image.topic(name)!
    this.forget(name)
    const topicId = randomUuid(this.#random)
    const records: MetadataRecord[] = [
      { type: 'Topic', name, topicId },
      ...old.partitions.map(
        (partition, partitionId): MetadataRecord => ({
          type: 'Partition',
          partitionId,
          topicId,
          replicas: partition.replicas,
          isr: partition.isr,
          removingReplicas: [],
          addingReplicas: [],
          leader: partition.leader,
          leaderEpoch: 0,
          partitionEpoch: 0,
        }),
      ),
    ]
    this.#image = this.#image.apply(records, { offset: this.#image.offset + records.length, epoch: 1 })
  }

  async connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.port)
    this.#clients.push(client)
    return client
  }

  async peer(clientId = 'test'): Promise<Peer> {
    const { port } = this
    const options = { host: '127.0.0.1', port, clientId, clock: systemClock, connectTimeoutMs: 5000 }
    const peer = await Peer.connect(options)
    this.#clients.push(peer)
    return peer
  }

  /** Stops in order; data and metadata stay for `open`. */
  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) {
      client.destroy?.()
      client.close?.()
    }
    this.#running?.groups.close()
    this.#running?.transactions.close()
    await this.#running?.listener.close()
    await this.#running?.partitions.close()
    this.#running = null
  }

  async close(): Promise<void> {
    await this.stop()
    rmSync(this.root, { recursive: true, force: true })
  }
}
