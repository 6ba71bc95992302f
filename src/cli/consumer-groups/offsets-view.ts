import type { GroupDescription } from '../../client/group-descriptions.js'
import { type CommittedOffset, fetchCommittedOffsets } from '../../client/group-offsets.js'
import { LATEST, type LogOffset, listOffsets } from '../../client/log-offsets.js'
import { describeTopics } from '../../client/topic-descriptions.js'
import { byTopic, comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { type Column, fitting, table } from '../columns.js'
import type { RowIn } from '../data/shape.js'
import { type GroupsContext, wrapped } from './context.js'
import { type GROUP_OFFSETS, hostOf } from './data.js'
import { announce } from './describe.js'

interface Row extends TopicPartition {
  readonly committed: CommittedOffset | undefined
  readonly memberId: string
  readonly host: string
  readonly clientId: string
}

const NOTHING = '-'

/** How far each group has read: partitions of the busiest member first, then what belongs to nobody. */
export async function describeOffsets(context: GroupsContext, groups: readonly GroupDescription[]): Promise<void> {
  const { rows, ends } = await readOffsets(context, groups)
  for (const [group, ofGroup] of rows) {
    if (announce(context, group, ofGroup.length)) context.io.stdout.write(text(context, group, ofGroup, ends))
  }
}

/** The same as data, in the same order. */
export async function offsetRows(
  context: Asking,
  groups: readonly GroupDescription[],
): Promise<RowIn<typeof GROUP_OFFSETS>[]> {
  const { rows, ends } = await readOffsets(context, groups)
  return rows.flatMap(([{ id }, ofGroup]) =>
    ofGroup.map((row) => {
      const owner = (value: string): string | null => (row.memberId === NOTHING ? null : value)
      const { current, end, lag } = positionOf(row, ends)
      return {
        group: id,
        topic: row.topic,
        partition: row.partition,
        leaderEpoch: row.committed?.leaderEpoch ?? null,
        currentOffset: current,
        logEndOffset: end,
        lag,
        consumerId: owner(row.memberId),
        host: owner(hostOf(row.host)),
        clientId: owner(row.clientId),
      }
    }),
  )
}

interface OffsetsRead {
  readonly rows: readonly (readonly [GroupDescription, readonly Row[]])[]
  readonly ends: ReadonlyMap<string, LogOffset>
}

/** All that asking needs. */
type Asking = Pick<GroupsContext, 'client' | 'timeoutMs'>

async function readOffsets(context: Asking, groups: readonly GroupDescription[]): Promise<OffsetsRead> {
  const rows = await Promise.all(groups.map(async (group) => [group, await rowsOf(context, group)] as const))
  const all = rows.flatMap(([, ofGroup]) => ofGroup)
  return { rows, ends: await wrapped(endOffsets(context, all)) }
}

function positionOf(
  row: Row,
  ends: ReadonlyMap<string, LogOffset>,
): { current: number | null; end: number | null; lag: number | null } {
  const current = row.committed?.offset ?? null
  const end = ends.get(partitionName(row))?.offset ?? null
  return { current, end, lag: current === null || end === null ? null : end - current }
}

async function rowsOf({ client, timeoutMs }: Asking, group: GroupDescription): Promise<Row[]> {
  const committed = await wrapped(fetchCommittedOffsets(client, group.id, timeoutMs))
  const busiest = [...group.members].sort((a, b) => b.assignment.length - a.assignment.length)
  const assigned = busiest.flatMap((member) =>
    [...member.assignment].sort(comparePartitions).map((partition) => ({
      ...partition,
      committed: committed.get(partitionName(partition)),
      memberId: member.id,
      host: member.host,
      clientId: member.clientId,
    })),
  )
  const taken = new Set(assigned.map(partitionName))
  const left = [...committed.values()].filter((offset) => !taken.has(partitionName(offset))).sort(comparePartitions)
  const nobody = { memberId: NOTHING, host: NOTHING, clientId: NOTHING }
  return [
    ...assigned,
    ...left.map((offset) => ({ topic: offset.topic, partition: offset.partition, committed: offset, ...nobody })),
  ]
}

/** A partition without a leader, or whose topic is gone, has none: nobody waits for it. */
async function endOffsets(
  { client, timeoutMs }: Asking,
  partitions: readonly TopicPartition[],
): Promise<Map<string, LogOffset>> {
  if (partitions.length === 0) return new Map()
  const topics = await describeTopics(client, [...byTopic(partitions).keys()], { timeoutMs })
  const led = new Set(
    [...topics.values()].flatMap((topic) =>
      topic instanceof Error
        ? []
        : topic.partitions
            .filter(({ leader }) => leader !== null)
            .map(({ index }) => partitionName({ topic: topic.name, partition: index })),
    ),
  )
  const questions = new Map(
    partitions
      .filter((partition) => led.has(partitionName(partition)))
      .map(({ topic, partition }) => [partitionName({ topic, partition }), { topic, partition, timestamp: LATEST }]),
  )
  return await listOffsets(client, [...questions.values()], timeoutMs)
}

function text(
  { options }: GroupsContext,
  group: GroupDescription,
  rows: readonly Row[],
  ends: ReadonlyMap<string, LogOffset>,
): string {
  const isVerbose = options.has('verbose')
  const epoch: Column[] = isVerbose ? [{ title: 'LEADER-EPOCH', width: 15 }] : []
  const columns: Column[] = [
    fitting('GROUP', 15, [group.id]),
    fitting(
      'TOPIC',
      15,
      rows.map((row) => row.topic),
    ),
    { title: 'PARTITION', width: 10 },
    ...epoch,
    { title: 'CURRENT-OFFSET', width: 15 },
    { title: 'LOG-END-OFFSET', width: 15 },
    { title: 'LAG', width: 15 },
    fitting(
      'CONSUMER-ID',
      15,
      rows.map((row) => row.memberId),
    ),
    fitting(
      'HOST',
      15,
      rows.map((row) => row.host),
    ),
    { title: 'CLIENT-ID', width: null },
  ]
  return table(
    columns,
    rows.map((row) => {
      const { current, end, lag } = positionOf(row, ends)
      return [
        group.id,
        row.topic,
        String(row.partition),
        ...(isVerbose ? [shown(row.committed?.leaderEpoch ?? null)] : []),
        shown(current),
        shown(end),
        shown(lag),
        row.memberId,
        row.host,
        row.clientId,
      ]
    }),
  )
}

function shown(value: number | null): string {
  return value === null ? NOTHING : String(value)
}
