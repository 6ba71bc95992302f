import { orStopped } from '../../base/or-stopped.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { describeGroups } from '../../client/group-descriptions.js'
import { listGroups } from '../../client/groups.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import type { GROUP_OFFSETS } from '../consumer-groups/data.js'
import { offsetRows } from '../consumer-groups/offsets-view.js'
import type { RowIn } from '../data/shape.js'
import { openPartitionReader } from '../partition-reader.js'
import type { ToolIo } from '../tool.js'

export type OffsetRow = RowIn<typeof GROUP_OFFSETS>

const CONSUMER_GROUPS = { states: [], types: ['Classic', 'Consumer'], protocolTypes: ['', 'consumer'] }
/** A record that cannot be had by then is not waited for: a command that is to give an overview must come to an end. */
const TIME_MS_MAX = 3000

/** Where groups are now. @param ids none: all groups. @throws KafkaError or ClientError for one that cannot be described. */
export async function sample(
  client: ClusterClient,
  ids: readonly string[],
  isWanted: (topic: string) => boolean,
): Promise<OffsetRow[]> {
  const timeoutMs = client.config.apiTimeoutMs
  const wanted = ids.length > 0 ? ids : (await listGroups(client, CONSUMER_GROUPS)).map(({ id }) => id)
  const groups = [...(await describeGroups(client, [...wanted].sort(), timeoutMs)).values()].map((group) => {
    if (group instanceof Error) throw group
    return group
  })
  const rows = await offsetRows({ client, timeoutMs }, groups)
  return rows.filter(({ topic }) => isWanted(topic))
}

/** When the first record that a group has not read was written, in milliseconds since 1970, by `group topic-partition`. */
export async function unreadSince(
  client: ClusterClient,
  rows: readonly OffsetRow[],
  io: ToolIo,
): Promise<Map<string, number>> {
  const behind = rows.filter(({ lag }) => lag !== null && lag > 0)
  const times = await firstTimes(
    client,
    new Map(behind.map((row) => [`${partitionName(row)} ${row.currentOffset}`, { ...row, start: row.currentOffset! }])),
    io,
  )
  return new Map(
    behind.flatMap((row) => {
      const time = times.get(`${partitionName(row)} ${row.currentOffset}`)
      return time === undefined ? [] : [[rowName(row), time]]
    }),
  )
}

export function rowName(row: OffsetRow): string {
  return `${row.group} ${partitionName(row)}`
}

type Place = TopicPartition & { readonly start: number }

/** A partition that several groups read from several places is read once for each. */
async function firstTimes(
  client: ClusterClient,
  places: ReadonlyMap<string, Place>,
  io: ToolIo,
): Promise<Map<string, number>> {
  const times = new Map<string, number>()
  let left = [...places]
  while (left.length > 0) {
    const round = [...new Map(left.map((entry) => [partitionName(entry[1]), entry])).values()]
    left = left.filter((entry) => !round.includes(entry))
    await readRound(client, round, times, io)
  }
  return times
}

async function readRound(
  client: ClusterClient,
  round: readonly (readonly [string, Place])[],
  times: Map<string, number>,
  io: ToolIo,
): Promise<void> {
  const reader = await openPartitionReader(
    client,
    round.map(([, { topic, partition, start }]) => ({ topic, partition, start })),
    io,
  )
  const names = new Map(round.map(([name, place]) => [partitionName(place), name]))
  const endsAtMs = io.clock.monotonicMs() + TIME_MS_MAX
  try {
    while (names.size > 0 && !io.stop.aborted) {
      const leftMs = Math.max(0, endsAtMs - io.clock.monotonicMs())
      const chunk = await orStopped(reader.poll(leftMs, io.stop), io.stop)
      if (chunk === null) return
      const name = names.get(partitionName(chunk))
      for (const { timestamp } of name === undefined ? [] : chunk.records()) {
        if (timestamp >= 0) times.set(name!, timestamp)
        names.delete(partitionName(chunk))
        break
      }
    }
  } finally {
    await reader.close()
  }
}
