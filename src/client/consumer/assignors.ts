import { comparePartitions, type TopicPartition } from '../topic-partition.js'
import type { AssignorName } from './config.js'
import { assignSticky, type StickyMember, withoutTransfers } from './sticky.js'

export interface GroupMemberView extends StickyMember {
  readonly groupInstanceId: string | null
}

/** Divides the partitions of all topics wanted among the members, as Kafka's assignor of that name. */
export function assignPartitions(
  assignor: AssignorName,
  members: readonly GroupMemberView[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, TopicPartition[]> {
  if (assignor === 'sticky') return assignSticky(members, partitionCounts)
  if (assignor === 'cooperative-sticky') return withoutTransfers(assignSticky(members, partitionCounts), members)
  const assignment = new Map<string, TopicPartition[]>(members.map(({ memberId }) => [memberId, []]))
  const give = (member: GroupMemberView, partition: TopicPartition): void => {
    assignment.get(member.memberId)!.push(partition)
  }
  ASSIGNORS[assignor]([...members].sort(compareMembers), partitionCounts, give)
  return assignment
}

type Give = (member: GroupMemberView, partition: TopicPartition) => void
type Assign = (members: readonly GroupMemberView[], counts: ReadonlyMap<string, number>, give: Give) => void

/** Topic by topic a run of neighbours each; the first members get one more where it does not come out even. */
const range: Assign = (members, counts, give) => {
  for (const [topic, count] of counts) {
    const takers = members.filter(({ topics }) => topics.includes(topic))
    const [share, rest] = [Math.floor(count / takers.length), count % takers.length]
    let next = 0
    for (const [i, member] of takers.entries()) {
      for (const end = next + share + (i < rest ? 1 : 0); next < end; next++) give(member, { topic, partition: next })
    }
  }
}

/** All partitions in a row, dealt to the members in turn; who does not want a topic is passed over. */
const roundrobin: Assign = (members, counts, give) => {
  const all = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  )
  let turn = 0
  for (const partition of all.sort(comparePartitions)) {
    if (!members.some(({ topics }) => topics.includes(partition.topic))) continue
    while (!members[turn % members.length]!.topics.includes(partition.topic)) turn++
    give(members[turn++ % members.length]!, partition)
  }
}

const ASSIGNORS: Readonly<Record<'range' | 'roundrobin', Assign>> = { range, roundrobin }

/** Static members come first, by the name that they keep. */
function compareMembers(a: GroupMemberView, b: GroupMemberView): number {
  const [x, y] = [a.groupInstanceId, b.groupInstanceId]
  if (x !== null && y !== null) return x < y ? -1 : 1
  if (x !== null || y !== null) return x !== null ? -1 : 1
  return a.memberId < b.memberId ? -1 : 1
}
