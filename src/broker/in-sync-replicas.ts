import type { Clock } from '../base/clock.js'
import type { PartitionImage } from '../cluster/image.js'
import { RECOVERED } from '../cluster/leader-state.js'
import type { IsrOutcome, IsrProposal } from './isr-proposals.js'
import { ReplicaProgress } from './replica-progress.js'
import type { ReplicationView } from './replication-view.js'

export interface InSyncReplicasOptions {
  readonly topicId: string
  readonly index: number
  readonly nodeId: number
  readonly clock: Clock
  readonly view: ReplicationView
  /** The controller has agreed to a proposal. */
  readonly onAgreed: (agreed: Extract<IsrOutcome, { type: 'taken' }>) => void
}

const NOBODY: readonly number[] = []

/** Where a leader's log stands. */
export interface LeaderOffsets {
  readonly endOffset: number
  readonly highWatermark: number
  /** Where the records of its leader epoch begin. */
  readonly epochStartOffset: number
}

/**
 * What a leader knows of the other replicas, and whom it holds for in sync. It proposes changes to the controller, one at a time;
 * while one is open it counts whoever is in sync before or after it, so that nothing is committed that either could lack.
 */
export class InSyncReplicas {
  readonly #options: InSyncReplicasOptions
  /** Null while there are no other replicas to know of: of most partitions there is just one. */
  #progress: Map<number, ReplicaProgress> | null = null
  #image: PartitionImage
  #open: IsrProposal | null = null
  /** Those that the high watermark waits for, this one left out. */
  #awaited: readonly number[] = NOBODY
  /** Replicas that are not in sync, this one left out. */
  #others: readonly number[] = NOBODY

  constructor(options: InSyncReplicasOptions, image: PartitionImage) {
    this.#options = options
    this.#image = image
    this.#count([])
  }

  /** The controller has decided something: what was proposed before it counts no more. */
  decided(image: PartitionImage): void {
    this.#image = image
    this.#open = null
    this.#count([])
  }

  /** A leader epoch begins. Of a new leader nobody knows yet what it lacks. */
  beginEpoch(isNewLeader: boolean): void {
    const { isr, replicas } = this.#image
    if (isNewLeader) this.#progress = null
    for (const id of replicas) {
      const known = this.#progress?.get(id)
      const isInSync = isr.includes(id)
      if (known !== undefined) known.beginEpoch(isInSync)
      else if (id !== this.#options.nodeId) this.#watch(id, isInSync)
    }
  }

  /** The least log start among the other replicas, those of dead brokers left out; -1 while one is not known. */
  get leastLogStart(): number {
    let least = Number.POSITIVE_INFINITY
    for (const id of this.#image.replicas) {
      if (id === this.#options.nodeId || !this.#options.view.isAlive(id)) continue
      least = Math.min(least, this.#progress?.get(id)?.logStartOffset ?? -1)
    }
    return least
  }

  progressOf(id: number): ReplicaProgress | undefined {
    return this.#progress?.get(id)
  }

  /** Whether a fetch is of a broker that has been started again since. */
  isStale(id: number, brokerEpoch: number): boolean {
    return brokerEpoch >= 0 && brokerEpoch < this.#options.view.brokerEpoch(id)
  }

  /** A follower's fetch says what it has. */
  fetched(id: number, fetchOffset: number, logStartOffset: number, brokerEpoch: number, leaderEndOffset: number): void {
    const progress = this.#progress?.get(id) ?? this.#watch(id)
    progress.fetched(fetchOffset, logStartOffset, leaderEndOffset, brokerEpoch)
  }

  /**
   * Up to where every replica that counts has the log: those in sync, and those about to be, which would otherwise never catch
   * up with a high watermark that runs ahead of them.
   */
  commonEnd(leaderEndOffset: number): number {
    let end = leaderEndOffset
    for (const id of this.#awaited) end = Math.min(end, this.#progress?.get(id)?.logEndOffset ?? -1)
    for (const id of this.#others) {
      const progress = this.#progress?.get(id)
      if (progress === undefined || progress.logEndOffset >= end) continue
      if (progress.isCaughtUp(leaderEndOffset, this.#options.view.lagMsMax()) && this.#isEligible(id, progress))
        end = progress.logEndOffset
    }
    return end
  }

  /** Proposes a follower that has come to what is committed, and to where this leader began. */
  maybeExpand(id: number, { highWatermark, epochStartOffset }: LeaderOffsets): void {
    const progress = this.#progress?.get(id)
    if (this.#open !== null || progress === undefined || this.#image.isr.includes(id)) return
    if (progress.logEndOffset < highWatermark || progress.logEndOffset < epochStartOffset) return
    if (this.#isEligible(id, progress)) this.#propose([...this.#image.isr, id])
  }

  /** Proposes to go on without those that have lacked something for too long. Returns who that is. */
  maybeShrink({ endOffset }: LeaderOffsets): readonly number[] {
    if (this.#open !== null) return []
    const { nodeId, view } = this.#options
    const { isr } = this.#image
    const lagging = isr.filter(
      (id) => id !== nodeId && this.#progress?.get(id)?.isCaughtUp(endOffset, view.lagMsMax()) !== true,
    )
    if (lagging.length > 0) this.#propose(isr.filter((id) => !lagging.includes(id)))
    return lagging
  }

  /** Nobody leads here any more. */
  resign(): void {
    this.#open = null
    this.#progress = null
  }

  #watch(id: number, isInSync?: boolean): ReplicaProgress {
    const progress = new ReplicaProgress(this.#options.clock, isInSync)
    this.#progress ??= new Map()
    this.#progress.set(id, progress)
    return progress
  }

  /** A broker may be in sync when it is in service, and it is the same one that has fetched (KIP-903). */
  #isEligible(id: number, { brokerEpoch }: ReplicaProgress): boolean {
    const { view } = this.#options
    return view.isActive(id) && brokerEpoch !== null && (brokerEpoch < 0 || brokerEpoch === view.brokerEpoch(id))
  }

  /** Leaders of Kafka keep who is in sync as a set of numbers: it comes out in their order. */
  #propose(members: readonly number[]): void {
    const isr = [...members].sort((a, b) => a - b)
    const { topicId, index, nodeId, view, onAgreed } = this.#options
    const { leaderEpoch, partitionEpoch } = this.#image
    const epochOf = (id: number): number => {
      const fetched = id === nodeId ? null : (this.#progress?.get(id)?.brokerEpoch ?? null)
      return fetched ?? view.brokerEpoch(id)
    }
    const proposal: IsrProposal = {
      ...{ topicId, partition: index, leaderEpoch, partitionEpoch },
      isr: isr.map((brokerId) => ({ brokerId, brokerEpoch: epochOf(brokerId) })),
      // Whatever was lost by an unclean election is lost by now.
      leaderRecoveryState: RECOVERED,
    }
    this.#open = proposal
    this.#count(isr)
    view.propose(proposal, (outcome) => {
      // Something newer has been decided meanwhile, or is about to be.
      if (this.#open !== proposal || outcome.type === 'outdated') return
      this.#open = null
      this.#count([])
      if (outcome.type === 'taken') onAgreed(outcome)
    })
  }

  #count(proposed: readonly number[]): void {
    const { isr, replicas } = this.#image
    const { nodeId } = this.#options
    if (replicas.length === 1 && replicas[0] === nodeId) {
      this.#awaited = NOBODY
      this.#others = NOBODY
      return
    }
    const inSync = new Set([...isr, ...proposed])
    inSync.delete(nodeId)
    this.#awaited = [...inSync]
    this.#others = replicas.filter((id) => id !== nodeId && !inSync.has(id))
  }
}
