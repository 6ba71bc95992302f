import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Uuid } from '../bytes/uuid.js'
import type { Placement } from '../cluster/assign-directories.js'
import { isActive } from '../cluster/assignment.js'
import type { PartitionImage, TopicImage } from '../cluster/image.js'
import { topicChanges } from '../cluster/image-changes.js'
import { MetadataImage } from '../cluster/metadata-image.js'
import { ResourceType } from '../cluster/resource-type.js'
import { isInternalTopic } from '../cluster/topic-names.js'
import { Housekeeping } from '../storage/housekeeping.js'
import type { LogConfig } from '../storage/log-config.js'
import type { LogDirectory } from '../storage/log-directory.js'
import { PartitionLog } from '../storage/partition-log.js'
import type { BrokerConfig } from './broker-config.js'
import { cleanerSettings, housekeepingTimes } from './housekeeping-times.js'
import type { IsrProposals } from './isr-proposals.js'
import { LateMaking } from './late-making.js'
import { Partition } from './partition.js'
import { ReplicaDirectories } from './replica-directories.js'
import { ReplicaMoves } from './replica-moves.js'
import { ReplicaRetries } from './replica-retries.js'
import { ReplicationThrottles } from './replication-throttles.js'
import type { ReplicationView } from './replication-view.js'
import { topicConfig } from './topic-config.js'

/** What a replica has become. */
export type Role = 'leader' | 'follower' | 'gone'

export interface PartitionsOptions {
  readonly nodeId: number
  readonly clock: Clock
  /** Who is in sync goes by this one, where the other can be moved ahead. */
  readonly realClock?: Clock
  readonly log: Log
  readonly config: BrokerConfig
  /** `log.dirs`, open. They are closed with the partitions. */
  readonly directories: readonly LogDirectory[]
  /** Paths of those that could not be opened: replicas that are said to lie there are not made anew elsewhere. */
  readonly lostDirectories?: readonly string[]
  /** Who takes changes of in-sync replicas to the controller; where replicas lie nowhere else there are none. */
  readonly proposals?: Pick<IsrProposals, 'submit'>
}

interface HeldTopic {
  readonly id: Uuid
  readonly name: string
  readonly partitions: Map<number, Partition>
}

/** The replicas that this broker holds, as the metadata says: made, opened, led, followed and removed by it. */
export class Partitions {
  readonly directories: readonly LogDirectory[]
  /** Paths in `log.dirs` that could not be opened. */
  readonly lostDirectories: readonly string[]
  /** What their logs want done again and again. */
  readonly housekeeping: Housekeeping
  /** How fast they may be copied. */
  readonly throttles: ReplicationThrottles
  readonly #options: PartitionsOptions
  readonly #byName = new Map<string, HeldTopic>()
  readonly #byId = new Map<Uuid, HeldTopic>()
  readonly #replicas: ReplicaDirectories
  readonly #roleListeners = new Set<(partition: Partition, role: Role) => void>()
  readonly #moves: ReplicaMoves
  readonly #retries: ReplicaRetries
  readonly #late: LateMaking
  readonly #placementListeners = new Set<(placement: Placement) => void>()
  readonly #failureListeners = new Set<() => void>()
  /** Replicas whose logs cannot be opened. */
  readonly #failed = new Set<string>()
  readonly #surroundings: { readonly nodeId: number; readonly clock: Clock; readonly view: ReplicationView }
  #image = MetadataImage.empty
  #hasImage = false

  constructor(options: PartitionsOptions) {
    const { directories, clock, log, config } = options
    this.#options = options
    this.directories = directories
    this.lostDirectories = options.lostDirectories ?? []
    this.throttles = new ReplicationThrottles(options)
    const view: ReplicationView = {
      lagMsMax: () => config.long('replica.lag.time.max.ms'),
      brokerEpoch: (id) => this.#image.brokers.get(id)?.epoch ?? -1,
      isAlive: (id) => this.#image.brokers.get(id)?.fenced === false,
      isActive: (id) => isActive(this.#image, id),
      propose: (proposal, settle) => options.proposals?.submit(proposal, settle),
    }
    this.#surroundings = { nodeId: options.nodeId, clock: options.realClock ?? clock, view }
    this.#replicas = new ReplicaDirectories(directories, log, {
      cordoned: () => this.#cordoned(),
      areSomeLost: this.lostDirectories.length > 0,
    })
    for (const directory of directories) directory.onFailure(() => this.#leaveDirectory(directory))
    this.#moves = new ReplicaMoves({
      ...{ clock, log, replicas: this.#replicas },
      configOf: (topic) => topicConfig(this.#image, config, topic),
      limit: this.throttles.directories,
      onMoved: (partition, directory) => this.#tellPlacement(partition, directory),
    })
    this.#retries = new ReplicaRetries(clock, (topic, index) => this.#openAgain(topic, index))
    this.#late = new LateMaking(options.realClock ?? clock, (partition) => {
      if (!partition.isGone) this.#awake(partition)
    })
    this.housekeeping = new Housekeeping(directories, clock, log, housekeepingTimes(config), () =>
      cleanerSettings(config),
    )
    this.#configureDirectories()
    config.onChange(() => {
      this.#configureDirectories()
      this.#configureAll()
    })
  }

  find(topic: string, index: number): Partition | null {
    return this.#awake(this.#byName.get(topic)?.partitions.get(index))
  }

  findById(topicId: Uuid, index: number): Partition | null {
    return this.#awake(this.#byId.get(topicId)?.partitions.get(index))
  }

  /** Whether the replica belongs here, and its log cannot be opened. */
  hasFailed(topic: string, index: number): boolean {
    return this.#failed.has(`${topic}-${index}`)
  }

  *all(): Iterable<Partition> {
    for (const { partitions } of this.#byName.values()) yield* partitions.values()
  }

  /** Tells what every replica is, at once and each time that it changes. Returns a way to stop. */
  onLeadership(listener: (partition: Partition, role: Role) => void): () => void {
    this.#roleListeners.add(listener)
    for (const partition of this.all()) listener(partition, partition.isLeader ? 'leader' : 'follower')
    return () => this.#roleListeners.delete(listener)
  }

  /** Tells of every replica that lies in another directory than the metadata says. Returns a way to stop. */
  onPlacement(listener: (placement: Placement) => void): () => void {
    this.#placementListeners.add(listener)
    for (const partition of this.all()) this.#checkPlacement(partition, listener)
    return () => this.#placementListeners.delete(listener)
  }

  /** Calls back when a directory has failed, and its replicas with it. Returns a way to stop. */
  onDirectoryFailure(listener: () => void): () => void {
    this.#failureListeners.add(listener)
    return () => this.#failureListeners.delete(listener)
  }

  /** Moves a replica to another of the directories; where there is none yet, it is made there. */
  move(topic: string, index: number, to: LogDirectory): void {
    const partition = this.find(topic, index)
    if (partition === null) this.#replicas.prefer(topic, index, to)
    else this.#moves.begin(partition, to)
  }

  /** Cuts the end of a follower's log off, and of the copy that is made of it. Returns how many committed records that were. */
  truncate(partition: Partition, offset: number): number {
    this.#moves.truncated(partition, offset)
    return partition.truncateTo(offset)
  }

  /** Makes the replicas what `image` says. */
  applyImage(image: MetadataImage): void {
    const previous = this.#image
    this.#image = image
    if (!this.#hasImage) this.#replicas.setAsideStrays((topic, index) => this.#idOfReplica(topic, index))
    this.#hasImage = true
    this.throttles.follow(image)
    const { changed, deleted } = topicChanges(image, previous)
    this.#late.begin()
    for (const topic of deleted) this.#drop(topic)
    if (image.parts.configs !== previous.parts.configs) this.#configureChanged(previous)
    for (const topic of changed) this.#follow(topic)
  }

  /** Stops in order: everything is on the device then, and the next start need not look for it. */
  async close(brokerEpoch = -1): Promise<void> {
    this.housekeeping.stop()
    this.#moves.stop()
    this.#retries.stop()
    this.#late.stop()
    await Promise.all(this.directories.map((directory) => directory.close(brokerEpoch)))
  }

  /** Lets go of everything as it is, as if the process had been killed. */
  abandon(): void {
    this.housekeeping.stop()
    this.#moves.stop()
    this.#retries.stop()
    this.#late.stop()
    for (const directory of this.directories) directory.abandon()
  }

  #follow(topic: TopicImage): void {
    let logConfig: LogConfig | null = null
    topic.partitions.forEach((partition, index) => {
      const held = this.#byId.get(topic.id)?.partitions.get(index)
      const belongsHere = partition.replicas.includes(this.#options.nodeId)
      if (belongsHere && held === undefined) {
        // The same for all partitions: as many objects as there are topics.
        logConfig ??= topicConfig(this.#image, this.#options.config, topic.name)
        this.#open(topic, index, partition, logConfig)
      } else if (belongsHere) this.#tell(held!, this.#takeOver(held!, partition))
      else if (held !== undefined) this.#remove(held)
    })
  }

  #open(topic: TopicImage, index: number, image: PartitionImage, logConfig: LogConfig): void {
    const { log, nodeId } = this.#options
    // Others ask for it at once where there are other replicas, and coordinators for what is theirs.
    const mayRest = image.replicas.length === 1 && !isInternalTopic(topic.name)
    const partitionLog = this.#replicas.open({
      topic: topic.name,
      partition: index,
      topicId: topic.id,
      config: logConfig,
      mayRest,
      maybeLater: mayRest && this.#late.mayWait(),
      directoryId: image.directories[image.replicas.indexOf(nodeId)] ?? null,
    })
    if (!(partitionLog instanceof PartitionLog)) {
      this.#leaveUnusable(topic.name, index, partitionLog)
      return
    }
    this.#failed.delete(`${topic.name}-${index}`)
    const partition = new Partition(topic.name, topic.id, index, partitionLog, image, this.#surroundings)
    this.#topicOf(topic).partitions.set(index, partition)
    if (this.#replicas.homeOf(topic.name, index)?.isUnmade(partitionLog)) this.#late.add(partition)
    log.debug(
      `Holding ${topic.name}-${index} from offset ${partitionLog.logStartOffset} to ${partitionLog.logEndOffset}`,
    )
    this.#tell(partition, this.#takeOver(partition, image) ?? 'follower')
    for (const listener of this.#placementListeners) this.#checkPlacement(partition, listener)
    this.#moves.resume(partition)
  }

  /** Null where its log, which nobody has used so far, cannot be opened. */
  #awake(partition: Partition | undefined): Partition | null {
    if (partition?.log.isResting !== true) return partition ?? null
    const unusable = this.#replicas.wake(partition.log)
    if (unusable === null) return partition
    this.#leaveUnusable(partition.topic, partition.index, unusable.retryIn)
    this.#letGo(partition)
    return null
  }

  #leaveUnusable(topic: string, index: number, retryIn: LogDirectory | null): void {
    this.#failed.add(`${topic}-${index}`)
    if (retryIn !== null) this.#retries.add(topic, index, retryIn)
  }

  #openAgain(name: string, index: number): void {
    const topic = this.#image.topic(name)
    const partition = topic?.partitions[index]
    const belongsHere = partition?.replicas.includes(this.#options.nodeId)
    if (topic !== null && partition !== undefined && belongsHere && this.find(name, index) === null)
      this.#open(topic, index, partition, topicConfig(this.#image, this.#options.config, name))
  }

  #takeOver(partition: Partition, image: PartitionImage): Role | null {
    const role = partition.follow(image)
    // The only replica that there is has nothing to lose to others: after a crash it is not in sync with itself (KIP-966).
    if (role === 'leader' && partition.isRecovering && image.replicas.length > 1)
      this.#options.log.warn(
        `${partition.name} is led from here in epoch ${image.leaderEpoch} although this replica was not in sync: what others ` +
          `acknowledged from offset ${partition.log.logEndOffset} on is lost`,
      )
    return role
  }

  #checkPlacement(partition: Partition, listener: (placement: Placement) => void): void {
    const { topic, topicId, index } = partition
    const directoryId = this.#replicas.homeOf(topic, index)?.metaProperties?.directoryId ?? null
    const image = this.#image.partition(topic, index)
    if (image === null || directoryId === null) return
    if (image.directories[image.replicas.indexOf(this.#options.nodeId)] !== directoryId)
      listener({ topicId, partition: index, directoryId })
  }

  #tellPlacement({ topicId, index }: Partition, directory: LogDirectory): void {
    const directoryId = directory.metaProperties?.directoryId ?? null
    if (directoryId === null) return
    for (const listener of this.#placementListeners) listener({ topicId, partition: index, directoryId })
  }

  #topicOf({ id, name }: TopicImage): HeldTopic {
    let held = this.#byId.get(id)
    if (held === undefined) {
      held = { id, name, partitions: new Map() }
      this.#byId.set(id, held)
      this.#byName.set(name, held)
    }
    return held
  }

  #drop({ id, name, partitions }: TopicImage): void {
    for (const index of partitions.keys())
      if (this.#failed.delete(`${name}-${index}`)) this.#replicas.forget(name, index)
    for (const partition of [...(this.#byId.get(id)?.partitions.values() ?? [])]) this.#remove(partition)
  }

  #cordoned(): readonly Uuid[] {
    return this.#image.brokers.get(this.#options.nodeId)?.cordonedLogDirs ?? []
  }

  /** Its replicas answer with storage errors from here on; those in other directories are not concerned. */
  #leaveDirectory(directory: LogDirectory): void {
    this.#moves.leave(directory)
    for (const partition of [...this.all()]) {
      const { topic, index, name } = partition
      if (this.#replicas.homeOf(topic, index) !== directory) continue
      this.#failed.add(name)
      this.#letGo(partition)
    }
    directory.abandon()
    for (const listener of [...this.#failureListeners]) listener()
  }

  #remove(partition: Partition): void {
    const { topic, index, log } = partition
    this.#moves.cancel(partition)
    this.#replicas.remove(topic, index, log.config.fileDeleteDelayMs)
    this.#letGo(partition)
  }

  #letGo(partition: Partition): void {
    const { topic, topicId, index } = partition
    const held = this.#byId.get(topicId)!
    held.partitions.delete(index)
    if (held.partitions.size === 0) {
      this.#byId.delete(topicId)
      this.#byName.delete(topic)
    }
    partition.leave()
    this.#tell(partition, 'gone')
  }

  #tell(partition: Partition, role: Role | null): void {
    if (role !== null) for (const listener of [...this.#roleListeners]) listener(partition, role)
  }

  #idOfReplica(topic: string, index: number): Uuid | null {
    const known = this.#image.topic(topic)
    return known?.partitions[index]?.replicas.includes(this.#options.nodeId) ? known.id : null
  }

  #configureChanged(previous: MetadataImage): void {
    for (const { name } of this.#byName.values()) {
      const before = previous.configs(ResourceType.TOPIC, name)
      if (this.#image.configs(ResourceType.TOPIC, name) !== before) this.#configure(name)
    }
  }

  #configureDirectories(): void {
    const producerIdleMs = this.#options.config.int('producer.id.expiration.ms')
    for (const directory of this.directories) directory.producerIdleMs = producerIdleMs
  }

  /** The broker's own settings stand behind those of every topic. */
  #configureAll(): void {
    for (const name of this.#byName.keys()) this.#configure(name)
  }

  #configure(topic: string): void {
    const config = topicConfig(this.#image, this.#options.config, topic)
    for (const partition of this.#byName.get(topic)!.partitions.values()) partition.log.config = config
  }
}
