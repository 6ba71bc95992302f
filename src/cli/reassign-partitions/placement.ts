import type { Random } from '../../base/random.js'
import { KafkaError } from '../../client/kafka-error.js'
import { ErrorCode } from '../../protocol/errors.js'

export interface UsableBroker {
  readonly id: number
  readonly rack: string | null
}

/**
 * Spreads the replicas of `partitions` partitions over brokers: by chance where to begin, evenly from there, and over the racks first.
 * @throws KafkaError when there are fewer brokers than replicas.
 */
export function placeReplicas(
  brokers: readonly UsableBroker[],
  partitions: number,
  replicas: number,
  random: Random,
): number[][] {
  if (brokers.length === 0) {
    throw new KafkaError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      'All brokers are currently fenced, or have all their log directories cordoned.',
    )
  }
  if (replicas > brokers.length) {
    throw new KafkaError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `The target replication factor of ${replicas} cannot be reached because only ${brokers.length} broker(s) are registered or some brokers have all their log directories cordoned.`,
    )
  }
  const racks = shuffled([...byRack(brokers).values()], random).map((rack) => shuffled(rack, random))
  const turns = racks.map((rack) => random.int(rack.length))
  return Array.from({ length: partitions }, (_, partition) => {
    const chosen: number[] = []
    for (let rack = partition % racks.length; chosen.length < replicas; rack = (rack + 1) % racks.length) {
      const next = nextOf(racks[rack]!, turns[rack]!, chosen)
      if (next === null) continue
      turns[rack] = next.turn
      chosen.push(next.broker)
    }
    return chosen
  })
}

/** The next broker of the rack that is not chosen yet. */
function nextOf(
  rack: readonly number[],
  from: number,
  chosen: readonly number[],
): { broker: number; turn: number } | null {
  for (let i = 0; i < rack.length; i++) {
    const broker = rack[(from + i) % rack.length]!
    if (!chosen.includes(broker)) return { broker, turn: (from + i + 1) % rack.length }
  }
  return null
}

function byRack(brokers: readonly UsableBroker[]): Map<string | null, number[]> {
  const racks = new Map<string | null, number[]>()
  for (const { id, rack } of brokers) racks.set(rack, [...(racks.get(rack) ?? []), id])
  return racks
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.int(i + 1)
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return mixed
}
