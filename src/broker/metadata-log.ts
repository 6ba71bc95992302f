import { assert } from '../base/assert.js'
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { UserError } from '../base/user-error.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { METADATA_TOPIC_ID } from '../bytes/uuid.js'
import { activationRecords, bootstrapRecords } from '../cluster/bootstrap.js'
import type { FeatureRange } from '../cluster/image.js'
import { MetadataImage } from '../cluster/metadata-image.js'
import type { MetadataRecord } from '../cluster/records.js'
import { METADATA_TOPIC } from '../cluster/topic-names.js'
import { buildKRaftControlBatch } from '../records/control.js'
import type { Disk } from '../storage/disk.js'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../storage/log-config.js'
import type { LogDirectory } from '../storage/log-directory.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { BrokerConfig } from './broker-config.js'
import { metadataBatch } from './metadata-records.js'
import { type Replayed, replay } from './metadata-replay.js'
import { readBootstrap, writeBootstrap } from './metadata-snapshot.js'
import { MetadataSnapshots } from './metadata-snapshots.js'
import { readQuorumState, writeQuorumState } from './quorum-state.js'

/** What was committed may wait so long for the device: only a crash of the whole machine can lose it. */
const FLUSH_MS = 500
/** An index is as large as this from the start; enough for half a gigabyte of metadata in one segment. */
const INDEX_BYTES = 1024 * 1024

export interface MetadataLogOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
  readonly nodeId: number
  /** Where the log of the metadata lies; formatted. */
  readonly directory: LogDirectory
  readonly config: BrokerConfig
  /** What a new cluster is formatted with. */
  readonly features: ReadonlyMap<string, FeatureRange>
}

type Subscriber = (image: MetadataImage, previous: MetadataImage) => void

/**
 * The log that everything about the cluster is in, `__cluster_metadata-0`, and the image that its committed records make.
 * This node is the quorum's only voter: it leads the log, in a new epoch after each start, and what it has written is committed.
 */
export class MetadataLog {
  readonly leaderId: number
  /** Of this node as leader of the log. */
  readonly epoch: number
  readonly #options: MetadataLogOptions
  readonly #log: PartitionLog
  readonly #snapshots: MetadataSnapshots
  readonly #subscribers = new Set<Subscriber>()
  #image: MetadataImage

  /** @throws UserError when the log that lies there cannot be understood */
  static open(options: MetadataLogOptions): MetadataLog {
    const log = options.directory.openLog({
      topic: METADATA_TOPIC,
      partition: 0,
      topicId: METADATA_TOPIC_ID,
      config: logConfig(options.config),
    })
    try {
      return new MetadataLog(options, log, replay(options.disk, log))
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      throw new UserError(
        `The metadata in ${log.directory} cannot be read: ${error.message}`,
        'Was it written by a later version? Use that one, or another log.dirs.',
      )
    }
  }

  private constructor(options: MetadataLogOptions, log: PartitionLog, replayed: Replayed) {
    this.#options = options
    this.#log = log
    this.#image = replayed.image
    this.#snapshots = new MetadataSnapshots(options.disk, log, options.config, options.log)
    this.leaderId = options.nodeId
    const known = readQuorumState(options.disk, log.directory)?.leaderEpoch ?? 0
    this.epoch = Math.max(known, log.leaderEpochs.latestEpoch, replayed.image.epoch) + 1
    this.#lead()
    if (replayed.isInTransaction) this.#write([{ type: 'AbortTransaction', reason: 'The controller was restarted' }])
    if (replayed.isEmpty) this.#bootstrap()
    options.config.follow(this.#image)
  }

  /** Everything that is committed. */
  get image(): MetadataImage {
    return this.#image
  }

  /** The offset that the next record gets. */
  get nextOffset(): number {
    return this.#log.logEndOffset
  }

  get highWatermark(): number {
    return this.#log.highWatermark
  }

  /** Calls back at once, and after each change in the order of subscribing. Returns a way to stop. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber)
    subscriber(this.#image, MetadataImage.empty)
    return () => this.#subscribers.delete(subscriber)
  }

  /**
   * Puts the records into the log together and, once they are committed, into the image; everybody who subscribed has heard
   * of it when this returns.
   */
  async commit(records: readonly MetadataRecord[]): Promise<void> {
    if (records.length === 0) return
    const bytes = this.#write(records)
    const previous = this.#image
    this.#image = previous.apply(records, { offset: this.#log.logEndOffset - 1, epoch: this.epoch })
    this.#options.config.follow(this.#image)
    for (const subscriber of [...this.#subscribers]) subscriber(this.#image, previous)
    this.#snapshots.written(bytes, this.#image, this.#options.clock.now())
  }

  #lead(): void {
    const { disk, clock, nodeId } = this.#options
    writeQuorumState(disk, this.#log.directory, { leaderId: nodeId, leaderEpoch: this.epoch, voters: [nodeId] })
    this.#log.beginLeaderEpoch(this.epoch)
    const voters = [{ voterId: nodeId }]
    const record = { type: 'LEADER_CHANGE', version: 0, leaderId: nodeId, voters, grantingVoters: voters } as const
    this.#append(buildKRaftControlBatch({ record, timestamp: clock.now() }))
  }

  /** The very first records; also where a start was interrupted before they were written. */
  #bootstrap(): void {
    const { disk, clock, directory, features } = this.#options
    let records = readBootstrap(disk, directory.path)
    if (records === null) {
      records = bootstrapRecords(features)
      writeBootstrap(disk, directory.path, records, clock.now())
    }
    const all = activationRecords(records)
    this.#write(all)
    const inside = all.filter(({ type }) => type !== 'BeginTransaction' && type !== 'EndTransaction')
    this.#image = this.#image.apply(inside, { offset: this.#log.logEndOffset - 1, epoch: this.epoch })
  }

  /** Returns the number of bytes. */
  #write(records: readonly MetadataRecord[]): number {
    const batch = metadataBatch(records, { timestamp: this.#options.clock.now() })
    this.#append(batch)
    return batch.length
  }

  #append(batch: Buffer): void {
    const appended = this.#log.append(batch, { leaderEpoch: this.epoch, origin: 'coordinator' })
    this.#log.flushQueued()
    if (appended.error !== undefined || this.#log.failure !== null)
      throw new Error(`The metadata log cannot be written: ${this.#log.failure?.message ?? appended.error}`)
    assert(this.#log.writtenEndOffset === this.#log.logEndOffset, 'what was queued has been written')
    this.#log.updateHighWatermark(this.#log.writtenEndOffset)
  }
}

/** Metadata is kept for good: what is in it is not told anywhere else. */
function logConfig(config: BrokerConfig): LogConfig {
  return {
    ...DEFAULT_LOG_CONFIG,
    segmentBytes: config.int('metadata.log.segment.bytes'),
    segmentMs: config.long('metadata.log.segment.ms'),
    retentionBytes: -1,
    retentionMs: -1,
    segmentIndexBytes: INDEX_BYTES,
    flushMs: FLUSH_MS,
    maxMessageBytes: 2 ** 31 - 1,
  }
}
