import type { Random } from '../base/random.js'
import { ErrorCode } from '../protocol/errors.js'
import { type Refusal, refusal } from './decision.js'
import type { BrokerImage } from './image.js'

/** A broker that may hold replicas. */
type Candidate = Pick<BrokerImage, 'id' | 'rack' | 'fenced'>

interface Rack {
  readonly unfenced: readonly number[]
  /** Unfenced brokers, then fenced ones: they get replicas only when nobody else is left in the rack. */
  readonly all: readonly number[]
}

/**
 * Replicas for `count` new partitions: each on different brokers, its replicas over as many racks as there are, the first
 * on an unfenced broker. Leaders go round the racks and round the brokers of a rack, so that equal racks lead equally;
 * where it starts is left to chance. All brokers without a rack are taken as one rack.
 */
export function placeReplicas(request: {
  readonly brokers: Iterable<Candidate>
  readonly count: number
  readonly replicationFactor: number
  readonly random: Random
}): number[][] | Refusal {
  const { count, replicationFactor, random } = request
  const brokers = [...request.brokers]
  if (brokers.every((broker) => broker.fenced)) {
    const reason = 'All brokers are currently fenced, or have all their log directories cordoned.'
    return unplaceable(replicationFactor, reason)
  }
  if (brokers.length < replicationFactor) {
    const reason =
      `The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} ` +
      'broker(s) are registered or some brokers have all their log directories cordoned.'
    return unplaceable(replicationFactor, reason)
  }
  const rounds = new Rounds(racksOf(brokers), random)
  return Array.from({ length: count }, () => rounds.next(replicationFactor))
}

export function unplaceable(replicationFactor: number, reason: string): Refusal {
  const message = `Unable to replicate the partition ${replicationFactor} time(s): ${reason}`
  return refusal(ErrorCode.INVALID_REPLICATION_FACTOR, message)
}

function racksOf(brokers: readonly Candidate[]): Rack[] {
  const names = [...new Set(brokers.map((broker) => broker.rack))].sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))
  return names.map((name) => {
    const inRack = brokers.filter((broker) => broker.rack === name).sort((a, b) => a.id - b.id)
    const unfenced = inRack.filter((broker) => !broker.fenced).map((broker) => broker.id)
    return { unfenced, all: [...unfenced, ...inRack.filter((broker) => broker.fenced).map((broker) => broker.id)] }
  })
}

/** Hands out one partition after the other. */
class Rounds {
  #firstRack: number
  /** Leaders that each rack has had, and its start. */
  readonly #leads: number[]
  #shift: number
  #placed = 0

  constructor(
    readonly racks: readonly Rack[],
    random: Random,
  ) {
    this.#firstRack = random.int(racks.length)
    this.#leads = racks.map((rack) => random.int(Math.max(1, rack.unfenced.length)))
    this.#shift = random.int(racks.reduce((sum, rack) => sum + rack.all.length, 0))
  }

  next(replicationFactor: number): number[] {
    const leaderRack = this.#nextLeaderRack()
    const { unfenced } = this.racks[leaderRack]!
    const leader = unfenced[this.#leads[leaderRack]!++ % unfenced.length]!
    const replicas = [leader]
    for (let rack = leaderRack + 1; replicas.length < replicationFactor; rack++) {
      const broker = this.#unused(this.racks[rack % this.racks.length]!, replicas)
      if (broker !== null) replicas.push(broker)
    }
    this.#placed++
    // After a whole round the same leaders come again: other followers than the last time spread the load.
    if (this.#placed % unfenced.length === 0) this.#shift++
    return replicas
  }

  #nextLeaderRack(): number {
    for (;;) {
      const rack = this.#firstRack++ % this.racks.length
      if (this.racks[rack]!.unfenced.length > 0) return rack
    }
  }

  /** The next broker of the rack that does not hold the partition yet, unfenced ones first. */
  #unused({ unfenced, all }: Rack, replicas: readonly number[]): number | null {
    for (const brokers of [unfenced, all]) {
      for (let step = 0; step < brokers.length; step++) {
        const broker = brokers[(this.#placed + this.#shift + step) % brokers.length]!
        if (!replicas.includes(broker)) return broker
      }
    }
    return null
  }
}
