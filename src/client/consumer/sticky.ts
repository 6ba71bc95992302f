import { comparePartitions, partitionName, type TopicPartition } from '../topic-partition.js'
import type { HeldPartitions } from './held-partitions.js'

export interface StickyMember {
  readonly memberId: string
  readonly topics: readonly string[]
  readonly held: HeldPartitions
}

type Shares = Map<string, TopicPartition[]>

/** As evenly as can be, and with as few changes of what the members hold as that allows: Kafka's sticky assignors. */
export function assignSticky(members: readonly StickyMember[], counts: ReadonlyMap<string, number>): Shares {
  const inOrder = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  const wanted = new Map(
    inOrder.map(({ memberId, topics }) => [memberId, new Set(topics.filter((t) => counts.has(t)))]),
  )
  const kept = validClaims(inOrder, wanted, counts)
  const topics = [...counts.keys()].filter((topic) => inOrder.some(({ memberId }) => wanted.get(memberId)!.has(topic)))
  const all = topics
    .sort()
    .flatMap((topic) => Array.from({ length: counts.get(topic)! }, (_, partition) => ({ topic, partition })))
  const isUniform = inOrder.every(({ memberId }) => wanted.get(memberId)!.size === topics.length)
  return isUniform ? evenly(kept, all) : balanced(kept, all, wanted)
}

/**
 * Takes out of shares what another member still holds: it must give that back first, and joins again when it has (KIP-429).
 */
export function withoutTransfers(shares: Shares, members: readonly StickyMember[]): Shares {
  const holders = new Map<string, Set<string>>()
  for (const { memberId, held } of members) {
    for (const partition of held.partitions) {
      const name = partitionName(partition)
      holders.set(name, (holders.get(name) ?? new Set()).add(memberId))
    }
  }
  const isFree = (memberId: string, partition: TopicPartition): boolean => {
    const others = holders.get(partitionName(partition))
    return others === undefined || (others.size === 1 && others.has(memberId))
  }
  return new Map([...shares].map(([memberId, mine]) => [memberId, mine.filter((each) => isFree(memberId, each))]))
}

/** What each member holds and may keep. Of two who claim the same the later generation is right; of equals none. */
function validClaims(
  members: readonly StickyMember[],
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  counts: ReadonlyMap<string, number>,
): Shares {
  const owners = new Map<string, { readonly generationId: number; readonly memberId: string | null }>()
  for (const { memberId, held } of members) {
    for (const partition of held.partitions) {
      const name = partitionName(partition)
      const other = owners.get(name)
      if (other === undefined || other.generationId < held.generationId) {
        owners.set(name, { generationId: held.generationId, memberId })
      } else if (other.generationId === held.generationId) owners.set(name, { ...other, memberId: null })
    }
  }
  return new Map(
    members.map(({ memberId, held }) => {
      const mine = held.partitions.filter(({ topic, partition }) => {
        const exists = wanted.get(memberId)!.has(topic) && partition < counts.get(topic)!
        return exists && owners.get(partitionName({ topic, partition }))?.memberId === memberId
      })
      return [memberId, [...mine].sort((a, b) => a.partition - b.partition || (a.topic < b.topic ? -1 : 1))]
    }),
  )
}

/** All want the same topics: each gets the same number, or one more. */
function evenly(kept: Shares, all: readonly TopicPartition[]): Shares {
  const least = Math.floor(all.length / kept.size)
  const most = Math.ceil(all.length / kept.size)
  let withMore = all.length % kept.size
  const shares: Shares = new Map()
  const short: string[] = []
  const full: string[] = []
  for (const [memberId, mine] of kept) {
    const mayHaveMore = mine.length >= most && withMore > 0
    if (mayHaveMore) withMore--
    const share = mine.slice(0, mayHaveMore ? most : least)
    shares.set(memberId, share)
    if (share.length < least) short.push(memberId)
    else if (share.length < most) full.push(memberId)
  }
  deal(unassigned(all, shares), shares, short, full, least)
  return shares
}

/** In turn to those who have too few; then one each to those who have just enough. */
function deal(
  partitions: readonly TopicPartition[],
  shares: Shares,
  short: readonly string[],
  full: readonly string[],
  least: number,
): void {
  let waiting = [...short]
  const enough = [...full]
  let turn = 0
  for (const partition of partitions) {
    if (turn >= waiting.length) {
      waiting = waiting.filter((memberId) => shares.get(memberId)!.length < least)
      turn = 0
    }
    const memberId = waiting[turn++] ?? enough.shift()!
    const share = shares.get(memberId)!
    share.push(partition)
    if (share.length === least && waiting.includes(memberId)) enough.push(memberId)
  }
}

/** Members want different topics: first everything is given to who has least of those who want it, then moved until it is even. */
function balanced(
  kept: Shares,
  all: readonly TopicPartition[],
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
): Shares {
  const shares: Shares = new Map([...kept].map(([memberId, mine]) => [memberId, [...mine]]))
  const takers = (topic: string): string[] => [...shares.keys()].filter((memberId) => wanted.get(memberId)!.has(topic))
  const size = (memberId: string): number => shares.get(memberId)!.length
  const leastOf = (topic: string): string => takers(topic).reduce((a, b) => (size(b) < size(a) ? b : a))
  const hardestFirst = (a: TopicPartition, b: TopicPartition): number =>
    takers(a.topic).length - takers(b.topic).length || comparePartitions(a, b)
  for (const partition of unassigned(all, shares).sort(hardestFirst)) {
    shares.get(leastOf(partition.topic))!.push(partition)
  }
  for (let hasMoved = true; hasMoved; ) {
    hasMoved = false
    for (const [memberId, mine] of shares) {
      for (const partition of [...mine].reverse()) {
        const other = leastOf(partition.topic)
        if (size(other) + 1 >= size(memberId)) continue
        mine.splice(mine.indexOf(partition), 1)
        shares.get(other)!.push(partition)
        hasMoved = true
      }
    }
  }
  return shares
}

function unassigned(all: readonly TopicPartition[], shares: Shares): TopicPartition[] {
  const assigned = new Set([...shares.values()].flat().map(partitionName))
  return all.filter((partition) => !assigned.has(partitionName(partition)))
}
