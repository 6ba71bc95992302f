import { ErrorCode } from '../protocol/errors.js'
import type { Fetch } from '../protocol/messages/fetch.js'
import type { ReadRequest } from '../protocol/schema.js'
import { type FetchedAnswer, fetchAnswer, fetchAnswerBytes, throttledFetchAnswer } from './fetch-answer.js'
import { type FetchReader, failedFetch, type PartitionFetch, readPartition } from './fetch-read.js'
import type { AskedPartition } from './fetch-session.js'
import type { FetchPlan } from './fetch-sessions.js'
import { waitForBytes } from './fetch-wait.js'
import type { RequestContext } from './handler.js'
import { locateReplica } from './locate.js'
import type { Partition } from './partition.js'
import type { RequestThrottle } from './request-throttle.js'
import { unreadable } from './unreadable.js'

export type GrantedPlan = Exclude<FetchPlan, { kind: 'refused' }>

/** A partition that was asked for; without one here, why. */
export type FoundPartition =
  | { readonly asked: AskedPartition; readonly partition: Partition }
  | { readonly asked: AskedPartition; readonly partition: null; readonly error: ErrorCode }

/** A follower that says what it knows of is told at once of what has been committed since (KIP-1166). */
function hasMoreCommitted({ asked, partition }: FoundPartition): boolean {
  return partition !== null && partition.highWatermark > asked.highWatermark
}

const UNKNOWN: ReadonlySet<ErrorCode> = new Set([ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_ID])

/** Partitions that are found and read without asking whether others should have their turn: most clients have fewer. */
const AT_ONCE_MAX = 200

/** One Fetch request, from its partitions to its answer. */
export class FetchRun {
  /** Those that the metadata knows, in the order of the request. */
  readonly #known: FoundPartition[] = []
  /** The others neither end the waiting nor are waited for, and are told last. */
  readonly #unknown: FoundPartition[] = []
  readonly #maxBytes: number
  /** What the reader is held to, if anything. */
  readonly #throttle: RequestThrottle | null = null

  constructor(
    readonly request: ReadRequest<typeof Fetch>,
    readonly context: RequestContext,
    readonly reader: FetchReader,
    readonly plan: GrantedPlan,
  ) {
    // Followers copy as fast as they can.
    if (reader.replicaId >= 0) context.throttle?.exempt()
    else this.#throttle = context.throttle
    const quotaBytesMax = this.#throttle?.fetchBytesMax ?? Number.POSITIVE_INFINITY
    this.#maxBytes = Math.min(request.maxBytes, context.broker.config.int('fetch.max.bytes'), quotaBytesMax)
  }

  answer(): FetchedAnswer | Promise<FetchedAnswer | null> {
    const { partitions } = this.plan
    if (partitions.length > AT_ONCE_MAX) return this.#answerInTurns()
    this.#sort(partitions.map((asked) => this.#find(asked)))
    const fetched = this.#known.map(this.#reading())
    return this.#isEnough(fetched) ? this.#respond(fetched) : this.#waitAndRespond(fetched)
  }

  async #answerInTurns(): Promise<FetchedAnswer | null> {
    const { turns } = this.context
    this.#sort(await turns.map(this.plan.partitions, (asked) => this.#find(asked)))
    const fetched = await turns.map(this.#known, this.#reading())
    return this.#isEnough(fetched) ? this.#respondInTurns(fetched) : this.#waitAndRespond(fetched)
  }

  #sort(all: readonly FoundPartition[]): void {
    for (const found of all) {
      if (found.partition === null && UNKNOWN.has(found.error)) this.#unknown.push(found)
      else this.#known.push(found)
    }
  }

  async #waitAndRespond(fetched: readonly PartitionFetch[]): Promise<FetchedAnswer | null> {
    const { context, reader, request } = this
    const targets = this.#known.flatMap(({ asked, partition }, i) =>
      partition === null ? [] : [{ asked, partition, found: fetched[i]! }],
    )
    const outcome = await waitForBytes({
      reader,
      targets,
      minBytes: this.#minBytes,
      waitMs: request.maxWaitMs,
      clock: context.broker.clock,
      connection: context.connection,
      isHeldBack: (partition) => this.#isHeldBack(partition),
    })
    for (const { read } of fetched) read?.release()
    if (outcome === 'closed') return null
    // Meanwhile a topic may have been deleted, or a replica moved.
    const { turns } = context
    const isMany = this.#known.length > AT_ONCE_MAX
    const findAgain = ({ asked }: FoundPartition, i: number): void => {
      this.#known[i] = this.#find(asked)
    }
    if (isMany) {
      await turns.map(this.#known, findAgain)
      return this.#respondInTurns(await turns.map(this.#known, this.#reading()))
    }
    this.#known.forEach(findAgain)
    return this.#respond(this.#known.map(this.#reading()))
  }

  get #minBytes(): number {
    return Math.min(this.request.minBytes, this.#maxBytes)
  }

  #isEnough(fetched: readonly PartitionFetch[]): boolean {
    if (this.request.maxWaitMs <= 0 || fetched.length === 0) return true
    let sizeBytes = 0
    for (const { errorCode, divergingEpoch, preferredReadReplica, read } of fetched) {
      if (errorCode !== ErrorCode.NONE || divergingEpoch !== null || preferredReadReplica !== null) return true
      sizeBytes += read?.sizeBytes ?? 0
    }
    return sizeBytes >= this.#minBytes || this.#known.some(hasMoreCommitted)
  }

  /** The first partition that has something returns a batch, whatever its size; after that the limits are strict. */
  #reading(): (found: FoundPartition) => PartitionFetch {
    let leftBytes = this.#maxBytes
    let minOneBatch = true
    return (found) => {
      if (found.partition === null) return failedFetch(found.error)
      if (found.partition.isGone) return failedFetch(ErrorCode.NOT_LEADER_OR_FOLLOWER)
      const bytesMax = Math.min(found.asked.partitionMaxBytes, leftBytes)
      const fetched = this.#read(found.partition, found.asked, bytesMax, minOneBatch)
      const sizeBytes = fetched.read?.sizeBytes ?? 0
      if (sizeBytes > 0) minOneBatch = false
      leftBytes = Math.max(0, leftBytes - sizeBytes)
      return fetched
    }
  }

  /** One log that cannot be read does not keep the others from being read. */
  #read(partition: Partition, asked: AskedPartition, bytesMax: number, minOneBatch: boolean): PartitionFetch {
    try {
      const fetched = readPartition(partition, asked, this.reader, bytesMax, minOneBatch)
      if (fetched.read === null || !this.#isHeldBack(partition)) return fetched
      fetched.read.release()
      return { ...fetched, read: null }
    } catch (error) {
      return failedFetch(unreadable(partition, error, this.context.broker.log))
    }
  }

  /** Only who is not in sync has to wait: who is would fall behind. */
  #isHeldBack(partition: Partition): boolean {
    const { replicaId } = this.reader
    if (replicaId < 0) return false
    const { leader } = this.context.broker.partitions.throttles
    return !partition.isr.includes(replicaId) && leader.holdsBack(partition)
  }

  /** All that throttled replicas are given counts, also what those in sync get. */
  #countReplicated(fetched: readonly PartitionFetch[]): void {
    const { leader } = this.context.broker.partitions.throttles
    if (this.reader.replicaId < 0 || leader.topics.size === 0) return
    const counted = this.#known.map(({ partition }) => partition !== null && leader.isThrottled(partition))
    if (!counted.includes(true)) return
    const ofCounted = <T>(all: readonly T[]): T[] => all.filter((_, i) => counted[i])
    leader.record(fetchAnswerBytes(this.context, this.plan, ofCounted(this.#known), ofCounted(fetched)))
  }

  #find(asked: AskedPartition): FoundPartition {
    const { broker } = this.context
    const { image } = broker.metadata
    const isById = this.context.clientKnows('topicIds')
    const topic = isById ? image.topicById(asked.topicId) : image.topic(asked.topic)
    if (topic === null) {
      const error = isById ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
      return { asked, partition: null, error }
    }
    const partition = locateReplica(broker, topic.name, asked.partition)
    return typeof partition === 'number' ? { asked, partition: null, error: partition } : { asked, partition }
  }

  #respond(fetched: readonly PartitionFetch[]): FetchedAnswer {
    const found = [...this.#known, ...this.#unknown]
    this.#countReplicated(fetched)
    if (this.#throttle !== null) {
      const sizeBytes = fetchAnswerBytes(this.context, this.plan, found, fetched)
      if (this.#throttle.refusesFetched(sizeBytes)) return throttledFetchAnswer(this.plan, fetched)
    }
    return fetchAnswer(this.context, this.plan, this.reader, found, fetched)
  }

  /** What it takes to know the partitions again is a turn's work of its own. */
  async #respondInTurns(fetched: readonly PartitionFetch[]): Promise<FetchedAnswer> {
    await this.context.turns.next()
    return this.#respond(fetched)
  }
}
