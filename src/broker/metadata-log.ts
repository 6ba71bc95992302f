import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Random } from '../base/random.js'
import { UserError } from '../base/user-error.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { METADATA_TOPIC_ID, type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { activationRecords, bootstrapRecords } from '../cluster/bootstrap.js'
import type { FeatureRange } from '../cluster/image.js'
import { MetadataImage } from '../cluster/metadata-image.js'
import type { MetadataRecord } from '../cluster/records.js'
import { METADATA_TOPIC } from '../cluster/topic-names.js'
import type { Voter } from '../quorum/voter-set.js'
import type { KRaftControlRecord } from '../records/control.js'
import type { Disk } from '../storage/disk.js'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../storage/log-config.js'
import type { LogDirectory } from '../storage/log-directory.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { BrokerConfig } from './broker-config.js'
import { MetadataQuorum } from './metadata-quorum.js'
import { metadataBatch } from './metadata-records.js'
import { MetadataReplay } from './metadata-replay.js'
import {
  keepSnapshotFile,
  readBootstrap,
  readSnapshotFile,
  type SnapshotId,
  writeBootstrap,
} from './metadata-snapshot.js'
import { MetadataSnapshots } from './metadata-snapshots.js'
import { NotController } from './not-controller.js'
import { quorumConfig } from './quorum-config.js'
import type { QuorumPace } from './quorum-pace.js'
import type { QuorumCalls } from './quorum-sending.js'
import { configuredVoters } from './quorum-voters.js'

/** An index is as large as this from the start; enough for half a gigabyte of metadata in one segment. */
const INDEX_BYTES = 1024 * 1024

export interface MetadataLogOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly nodeId: number
  /** This node, with the directory of the log, and what its controller listens on. */
  readonly self: Voter
  /** The way to the other voters. */
  readonly calls: QuorumCalls
  /** Of the disk that the log lies on. */
  readonly pace: QuorumPace
  /** Where the log of the metadata lies; formatted. */
  readonly directory: LogDirectory
  readonly config: BrokerConfig
  /** What a new cluster is formatted with. */
  readonly features: ReadonlyMap<string, FeatureRange>
}

type Subscriber = (image: MetadataImage, previous: MetadataImage) => void

/** Records that this node has put into the log as its leader. */
interface Pending {
  readonly baseOffset: number
  readonly endOffset: number
  readonly records: readonly MetadataRecord[]
  readonly settle: (error: Error | null) => void
}

/**
 * The log that everything about the cluster is in, `__cluster_metadata-0`, and the image that its committed records make. The
 * quorum decides who may write it; everybody else follows.
 */
export class MetadataLog {
  readonly quorum: MetadataQuorum
  /** The log itself, for who replicates it. */
  readonly partitionLog: PartitionLog
  readonly #options: MetadataLogOptions
  readonly #replay: MetadataReplay
  readonly #snapshots: MetadataSnapshots
  readonly #subscribers = new Set<Subscriber>()
  readonly #controllerListeners = new Set<() => void>()
  #pending: Pending[] = []
  #isActive = false

  /**
   * Reads what lies there, and begins to take part in the quorum. Who is the only voter leads, with everything applied, when
   * this returns.
   * @throws UserError when the log that lies there cannot be understood
   */
  static open(options: MetadataLogOptions): MetadataLog {
    const partitionLog = options.directory.openLog({
      topic: METADATA_TOPIC,
      partition: 0,
      topicId: METADATA_TOPIC_ID,
      config: logConfig(options.config),
    })
    try {
      return new MetadataLog(options, partitionLog)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      throw new UserError(
        `The metadata in ${partitionLog.directory} cannot be read: ${error.message}`,
        'Was it written by a later version? Use that one, or another log.dirs.',
      )
    }
  }

  private constructor(options: MetadataLogOptions, partitionLog: PartitionLog) {
    const { disk, clock, config, log } = options
    this.#options = options
    this.partitionLog = partitionLog
    const voterRecordsAt = (offset: number): KRaftControlRecord[] => this.quorum.voterRecordsAt(offset)
    this.#snapshots = new MetadataSnapshots({ disk, clock, log: partitionLog, config, lines: log, voterRecordsAt })
    this.#replay = MetadataReplay.open(disk, partitionLog)
    const configured = configuredVoters(config, options.self, disk, partitionLog)
    this.quorum = new MetadataQuorum({ ...options, configured, config: quorumConfig(config), partitionLog })
    config.follow(this.image)
    this.quorum.start({
      highWatermarkMoved: () => this.#applyCommitted(),
      leaderChanged: (leaderId, epoch) => this.#leaderChanged(leaderId, epoch),
      snapshotWanted: (snapshot, from) => this.onSnapshotWanted(snapshot, from),
    })
  }

  /** Set by who fetches from the leader: the log here is too far behind for what is left of it there. */
  onSnapshotWanted: (snapshot: SnapshotId, from: number) => void = () => {}

  /** Everything that is committed. */
  get image(): MetadataImage {
    return this.#replay.image
  }

  /** The node that may change the metadata; null while none is known. */
  get leaderId(): number | null {
    return this.quorum.leaderId
  }

  /** Of the directory that the log lies in; the zero id where it has none. */
  get directoryId(): Uuid {
    return this.#options.directory.metaProperties?.directoryId ?? ZERO_UUID
  }

  get epoch(): number {
    return this.quorum.epoch
  }

  /** Whether this node may change the metadata now: it leads, and has applied everything that was there before. */
  get isActive(): boolean {
    return this.#isActive
  }

  /** The offset that the next record gets. */
  get nextOffset(): number {
    return this.partitionLog.logEndOffset
  }

  get highWatermark(): number {
    return this.partitionLog.highWatermark
  }

  /** Calls back at once, and after each change in the order of subscribing. Returns a way to stop. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber)
    subscriber(this.image, MetadataImage.empty)
    return () => this.#subscribers.delete(subscriber)
  }

  /** Calls back each time that another node, or none, or this one has become the one to ask. Returns a way to stop. */
  onController(listener: () => void): () => void {
    this.#controllerListeners.add(listener)
    return () => this.#controllerListeners.delete(listener)
  }

  /**
   * Puts the records into the log together and, once they are committed, into the image; everybody who subscribed has heard
   * of it when this resolves.
   * @throws NotController where this node does not lead, or not for long enough
   */
  async commit(records: readonly MetadataRecord[]): Promise<void> {
    if (records.length === 0) return
    if (!this.#isActive) throw new NotController()
    await this.#write(records)
  }

  /** The file of a snapshot; null where there is none like it. */
  readSnapshotFile(id: SnapshotId): Buffer | null {
    return readSnapshotFile(this.#options.disk, this.partitionLog.directory, id)
  }

  /** The leader's snapshot has come, and takes the place of everything that is here. @throws MalformedBytes where it is damaged */
  takeSnapshot(snapshot: SnapshotId, bytes: Buffer): void {
    keepSnapshotFile(this.#options.disk, this.partitionLog.directory, snapshot, bytes)
    this.partitionLog.truncateFullyAndStartAt(snapshot.endOffset)
    this.partitionLog.updateHighWatermark(snapshot.endOffset)
    this.quorum.logReplaced()
    this.#changeImage(() => this.#replay.restart())
  }

  /** An orderly stop is under way, and nothing more is to come. */
  settle(): void {
    this.#snapshots.settle(this.#wholeImage, this.#options.clock.now())
  }

  close(): void {
    this.quorum.close()
    this.#snapshots.close()
    this.#isActive = false
    this.#giveUp(new NotController())
  }

  #write(records: readonly MetadataRecord[]): Promise<void> {
    const batch = metadataBatch(records, { timestamp: this.#options.clock.now() })
    const baseOffset = this.partitionLog.logEndOffset
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null): void => (error === null ? resolve() : reject(error))
      this.#pending.push({ baseOffset, endOffset: baseOffset + records.length, records, settle })
      try {
        this.quorum.append(batch)
      } catch (error) {
        this.#pending = this.#pending.filter((pending) => pending.settle !== settle)
        reject(error)
      }
    })
  }

  /** What nobody asked for. The next leader writes it where this one cannot. */
  #writeOwn(records: readonly MetadataRecord[]): void {
    this.#write(records).catch((error: Error) => this.#options.log.warn(error.message))
  }

  #applyCommitted(): void {
    const { highWatermark } = this.partitionLog
    const before = this.#replay.endOffset
    const done: Pending[] = []
    while (this.#pending[0] !== undefined && this.#pending[0].endOffset <= highWatermark)
      done.push(this.#pending.shift()!)
    this.#changeImage(() => {
      this.#replay.applyUpTo(highWatermark, this.epoch, done)
    })
    this.#countForSnapshot(this.partitionLog.bytesBetween(before, highWatermark))
    for (const { settle } of done) settle(null)
    this.#activate()
  }

  #countForSnapshot(bytes: number): void {
    this.#snapshots.written(bytes, this.#wholeImage, this.#options.clock.now())
  }

  /** In the middle of a transaction the image lacks what the log has. */
  get #wholeImage(): MetadataImage | null {
    return this.image.features.size > 0 && !this.#replay.isInTransaction ? this.image : null
  }

  #changeImage(change: () => void): void {
    const previous = this.image
    change()
    if (this.image === previous) return
    this.#options.config.follow(this.image)
    for (const subscriber of [...this.#subscribers]) subscriber(this.image, previous)
  }

  /** A new leader acts once everything that its predecessors wrote is committed and applied. */
  #activate(): void {
    const { epochStartOffset } = this.quorum
    if (this.#isActive || epochStartOffset === null || this.#replay.endOffset <= epochStartOffset) return
    this.#isActive = true
    if (this.#replay.isInTransaction)
      this.#writeOwn([{ type: 'AbortTransaction', reason: 'The controller was restarted' }])
    if (this.image.features.size === 0) this.#writeOwn(this.#bootstrapRecords())
    for (const listener of [...this.#controllerListeners]) listener()
  }

  #leaderChanged(leaderId: number | null, epoch: number): void {
    const { nodeId, log } = this.#options
    if (this.quorum.voters.size > 1) log.info(`${leaderId ?? 'Nobody'} leads the metadata quorum in epoch ${epoch}`)
    if (leaderId === nodeId) return
    this.#isActive = false
    this.#giveUp(new NotController())
    for (const listener of [...this.#controllerListeners]) listener()
  }

  #giveUp(error: Error): void {
    for (const { settle } of this.#pending.splice(0)) settle(error)
  }

  /** The very first records; also where a start was interrupted before they were written. */
  #bootstrapRecords(): MetadataRecord[] {
    const { disk, clock, directory, features, config } = this.#options
    let records = readBootstrap(disk, directory.path)
    if (records === null) {
      records = bootstrapRecords(features)
      writeBootstrap(disk, directory.path, records, clock.now())
    }
    return activationRecords(records, config.int('min.insync.replicas'))
  }
}

/** Metadata is kept for good until a snapshot has it: what is in it is not told anywhere else. */
function logConfig(config: BrokerConfig): LogConfig {
  return {
    ...DEFAULT_LOG_CONFIG,
    segmentBytes:
      config.numberOrNull('internal.metadata.log.segment.bytes') ?? config.int('metadata.log.segment.bytes'),
    segmentMs: config.long('metadata.log.segment.ms'),
    fileDeleteDelayMs: config.long('internal.metadata.delete.delay.millis'),
    retentionBytes: -1,
    retentionMs: -1,
    segmentIndexBytes: INDEX_BYTES,
    // On the device before it counts, as KRaft does: records of a topic that a power failure makes unknown are lost with it.
    flushMessages: 1,
    maxMessageBytes: 2 ** 31 - 1,
  }
}
