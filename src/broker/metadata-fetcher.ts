import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { METADATA_TOPIC_ID, type Uuid } from '../bytes/uuid.js'
import { METADATA_TOPIC } from '../cluster/topic-names.js'
import { ErrorCode } from '../protocol/errors.js'
import { Fetch } from '../protocol/messages/fetch.js'
import { FetchSnapshot } from '../protocol/messages/fetch-snapshot.js'
import type { ReadResponse } from '../protocol/schema.js'
import type { SnapshotId } from '../quorum/effects.js'
import type { BrokerConfig } from './broker-config.js'
import type { ControllerAddresses } from './controller-addresses.js'
import type { MetadataLog } from './metadata-log.js'
import type { OtherBrokers } from './other-brokers.js'
import type { OtherCluster } from './other-cluster.js'

const FETCH_VERSION = 18
const SNAPSHOT_VERSION = 1
/** At most; with a short fetch timeout a part of it, so that an answer comes before the leader is given up. */
const WAIT_MS_MAX = 500
const FETCH_BYTES_MAX = 8 * 1024 * 1024
/** After an answer that was none. */
const BACKOFF_MS = 50

export interface MetadataFetcherOptions {
  readonly nodeId: number
  readonly clusterId: Uuid
  /** Whom to ask while no leader is known, and where what answers tell of leaders is kept. */
  readonly addresses: ControllerAddresses
  readonly metadata: MetadataLog
  /** For this alone: a fetch that waits holds up what comes behind it. */
  readonly controllers: OtherBrokers
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
  readonly otherCluster: OtherCluster
  /** Whether a leader's end is looked for where it hangs up; otherwise only its silence counts. */
  readonly noticesHangUps: boolean
}

/** Follows the leader of the metadata quorum: asks for one piece of the log after the other, as long as somebody else leads. */
export class MetadataFetcher {
  readonly #options: MetadataFetcherOptions
  /** Answers to what an earlier round has asked come too late. */
  #round = 0
  #pause: Timer | null = null
  #isClosed = false
  #candidate = 0
  readonly #unsubscribe: () => void

  constructor(options: MetadataFetcherOptions) {
    this.#options = options
    options.metadata.onSnapshotWanted = (snapshot, from) => this.#begin(() => this.#fetchSnapshot(snapshot, from))
    this.#unsubscribe = options.metadata.onController(() => this.#begin(() => this.#follow()))
    this.#begin(() => this.#follow())
  }

  close(): void {
    this.#isClosed = true
    this.#round++
    this.#pause?.cancel()
    this.#options.controllers.close()
    this.#unsubscribe()
  }

  /** Whatever is under way is of no more use. */
  #begin(act: () => Promise<void>): void {
    if (this.#isClosed) return
    this.#pause?.cancel()
    this.#round++
    void act()
  }

  async #follow(): Promise<void> {
    const round = this.#round
    const { metadata, log } = this.#options
    while (round === this.#round) {
      const to = this.#whomToAsk()
      if (to === null) return
      try {
        const response = await this.#fetch(to)
        if (round !== this.#round) return
        if (!this.#take(to, response)) return this.#later()
        if (metadata.quorum.leaderId !== to) return this.#later()
      } catch (error) {
        if (round !== this.#round) return
        log.debug(`Node ${to} gives no metadata: ${error instanceof Error ? error.message : String(error)}`)
        await this.#lookAfter(to)
        if (round !== this.#round) return
        return this.#later()
      }
    }
  }

  /** Where nobody listens any more there is nobody to wait for. */
  async #lookAfter(nodeId: number): Promise<void> {
    const { noticesHangUps, controllers, metadata } = this.#options
    if (!noticesHangUps || metadata.quorum.leaderId !== nodeId) return
    if ((await controllers.isGone?.(nodeId)) === true && !this.#isClosed) metadata.quorum.leaderGone(nodeId)
  }

  #later(): void {
    this.#pause = this.#options.clock.after(BACKOFF_MS, () => this.#begin(() => this.#follow()))
  }

  /** The leader, or one voter after the other until one knows it. Voters are told by those who are elected. */
  #whomToAsk(): number | null {
    const { metadata, nodeId, addresses } = this.#options
    const { leaderId, isVoter } = metadata.quorum
    if (leaderId !== null) return leaderId === nodeId ? null : leaderId
    // Voters are told by those who are elected; but where it listens now a leader may only have told others.
    if (isVoter && addresses.bootstrapServers.length === 0) return null
    const candidates = addresses.candidates.filter((id) => id !== nodeId)
    return candidates[this.#candidate++ % candidates.length] ?? null
  }

  #fetch(to: number): Promise<ReadResponse<typeof Fetch>> {
    const { controllers, nodeId, clusterId, metadata, config } = this.#options
    const { partitionLog, quorum } = metadata
    const partition = {
      partition: 0,
      currentLeaderEpoch: quorum.epoch,
      fetchOffset: partitionLog.writtenEndOffset,
      lastFetchedEpoch: quorum.lastEpoch,
      logStartOffset: partitionLog.logStartOffset,
      partitionMaxBytes: FETCH_BYTES_MAX,
      highWatermark: metadata.highWatermark,
      replicaDirectoryId: metadata.directoryId,
    }
    return controllers.call(to, Fetch, FETCH_VERSION, {
      clusterId,
      replicaState: { replicaId: nodeId, replicaEpoch: -1 },
      maxWaitMs: Math.min(WAIT_MS_MAX, Math.floor(config.int('controller.quorum.fetch.timeout.ms') / 4)),
      minBytes: 0,
      maxBytes: FETCH_BYTES_MAX,
      topics: [{ topic: METADATA_TOPIC, topicId: METADATA_TOPIC_ID, partitions: [partition] }],
      forgottenTopicsData: [],
    })
  }

  /** False where the answer was of no use, and the next would be no better. */
  #take(from: number, { errorCode, responses, nodeEndpoints }: ReadResponse<typeof Fetch>): boolean {
    const partition = responses[0]?.partitions[0]
    this.#options.otherCluster.answered(from, errorCode)
    if (errorCode !== ErrorCode.NONE || partition === undefined) return false
    const { divergingEpoch, snapshotId, currentLeader, records, highWatermark } = partition
    this.#options.addresses.learnLeader(currentLeader.leaderId, nodeEndpoints)
    const isTaken = this.#options.metadata.quorum.fetched(
      {
        from,
        errorCode: partition.errorCode,
        leaderId: currentLeader.leaderId,
        epoch: currentLeader.leaderEpoch,
        diverging: divergingEpoch.epoch < 0 ? null : divergingEpoch,
        snapshot: snapshotId.endOffset < 0 ? null : snapshotId,
      },
      records ?? Buffer.alloc(0),
      highWatermark,
    )
    return isTaken && partition.errorCode === ErrorCode.NONE
  }

  async #fetchSnapshot(snapshot: SnapshotId, from: number): Promise<void> {
    const round = this.#round
    const { metadata, log } = this.#options
    const parts: Buffer[] = []
    try {
      for (let position = 0, size = 1; position < size; ) {
        const part = await this.#fetchPart(snapshot, from, position)
        if (round !== this.#round) return
        const bytes = part.unalignedRecords as Buffer
        if (part.errorCode !== ErrorCode.NONE || bytes.length === 0) return this.#later()
        // The bytes are a view of the answer, which others will follow in its place.
        parts.push(Buffer.from(bytes))
        position += bytes.length
        size = part.size
        metadata.quorum.snapshotPartReceived()
      }
      log.info(`Beginning with the leader's snapshot up to ${snapshot.endOffset}`)
      metadata.takeSnapshot(snapshot, Buffer.concat(parts))
      this.#begin(() => this.#follow())
    } catch (error) {
      if (round !== this.#round) return
      log.warn(`The leader's snapshot cannot be fetched: ${error instanceof Error ? error.message : String(error)}`)
      this.#later()
    }
  }

  async #fetchPart(snapshotId: SnapshotId, from: number, position: number) {
    const { controllers, nodeId, clusterId, metadata } = this.#options
    const replicaDirectoryId = metadata.directoryId
    const currentLeaderEpoch = metadata.quorum.epoch
    const partition = { partition: 0, currentLeaderEpoch, snapshotId, position, replicaDirectoryId }
    const response = await controllers.call(from, FetchSnapshot, SNAPSHOT_VERSION, {
      clusterId,
      replicaId: nodeId,
      maxBytes: FETCH_BYTES_MAX,
      topics: [{ name: METADATA_TOPIC, partitions: [partition] }],
    })
    const part = response.topics[0]?.partitions[0]
    if (part === undefined) throw new Error('the answer has no part of it')
    return part
  }
}
