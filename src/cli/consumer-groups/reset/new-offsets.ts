import { fetchCommittedOffsets } from '../../../client/group-offsets.js'
import { EARLIEST, LATEST, type LogOffset, listOffsets } from '../../../client/log-offsets.js'
import { comparePartitions, partitionName, type TopicPartition } from '../../../client/topic-partition.js'
import { JavaError } from '../../java-error.js'
import { note } from '../../tool.js'
import { UsageError } from '../../usage.js'
import { type GroupsContext, wrapped } from '../context.js'
import { SCENARIOS } from '../options.js'
import { complain } from '../print-error.js'
import { parseDateTime } from './date-time.js'
import { parseDurationMs } from './duration.js'
import { readPlanFile } from './plan-file.js'
import { checkPartitions } from './selection.js'

export interface NewOffset extends TopicPartition {
  readonly offset: number
}

type Scenario = (typeof SCENARIOS)[number]
type Compute = (
  context: GroupsContext,
  partitions: readonly TopicPartition[],
  group: string,
) => Promise<readonly NewOffset[]>

/** Where `group` shall go on in each of `partitions`, as the scenario option says. */
export async function newOffsets(
  context: GroupsContext,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<readonly NewOffset[]> {
  const sorted = [...partitions].sort(comparePartitions)
  await checkPartitions(context, sorted)
  const scenario = SCENARIOS.find((option) => context.options.has(option))
  if (scenario === undefined) {
    const names = SCENARIOS.map((option) => `[${option}]`).join(', ')
    throw new UsageError(`Option '[reset-offsets]' requires one of the following scenarios: [${names}]`)
  }
  return await COMPUTE[scenario](context, sorted, group)
}

const COMPUTE: Readonly<Record<Scenario, Compute>> = {
  'to-offset': async (context, partitions) => {
    const offset = context.options.longs('to-offset')[0]!
    return await clamped(
      context,
      partitions.map((partition) => ({ ...partition, offset })),
    )
  },
  'to-earliest': (context, partitions) => logOffsets(context, partitions, EARLIEST),
  'to-latest': (context, partitions) => logOffsets(context, partitions, LATEST),
  'to-current': toCurrent,
  'shift-by': shiftBy,
  'to-datetime': (context, partitions) =>
    fromTime(context, partitions, parseDateTime(context.options.texts('to-datetime')[0]!)),
  'by-duration': (context, partitions) => {
    const ageMs = parseDurationMs(context.options.text('by-duration')!)
    const timestamp = Math.floor(context.io.clock.now() - ageMs)
    return fromTime(context, partitions, Math.max(timestamp, Number.MIN_SAFE_INTEGER))
  },
  'from-file': fromFile,
}

async function toCurrent(
  context: GroupsContext,
  partitions: readonly TopicPartition[],
  group: string,
): Promise<readonly NewOffset[]> {
  const committed = await wrapped(fetchCommittedOffsets(context.client, group, context.timeoutMs))
  const others = partitions.filter((partition) => !committed.has(partitionName(partition)))
  const ends = byName(await logOffsets(context, others, LATEST))
  return partitions.map(({ topic, partition }) => {
    const name = partitionName({ topic, partition })
    return { topic, partition, offset: committed.get(name)?.offset ?? ends.get(name)!.offset }
  })
}

async function shiftBy(
  context: GroupsContext,
  partitions: readonly TopicPartition[],
  group: string,
): Promise<readonly NewOffset[]> {
  const committed = await wrapped(fetchCommittedOffsets(context.client, group, context.timeoutMs))
  const count = context.options.long('shift-by')!
  const shifted = partitions.map(({ topic, partition }) => {
    const name = partitionName({ topic, partition })
    const current = committed.get(name)
    if (current === undefined) {
      throw new JavaError(
        'java.lang.IllegalArgumentException',
        `Cannot shift offset for partition ${name} since there is no current committed offset`,
      )
    }
    return { topic, partition, offset: current.offset + count }
  })
  return await clamped(context, shifted)
}

/** A partition without a record that young goes to its end. */
async function fromTime(
  context: GroupsContext,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<readonly NewOffset[]> {
  const found = await ask(context, partitions, timestamp)
  const without = partitions.filter((partition) => (found.get(partitionName(partition))?.offset ?? null) === null)
  for (const { topic, partition } of without) {
    context.io.stdout.write(
      `\nWarn: Partition ${partition} from topic ${topic} is empty. Falling back to latest known offset.\n`,
    )
  }
  const ends = byName(await logOffsets(context, without, LATEST))
  return partitions.map(({ topic, partition }) => {
    const name = partitionName({ topic, partition })
    return { topic, partition, offset: found.get(name)?.offset ?? ends.get(name)!.offset }
  })
}

async function fromFile(
  context: GroupsContext,
  _partitions: readonly TopicPartition[],
  group: string,
): Promise<readonly NewOffset[]> {
  const plan = readPlanFile(context).get(group)
  if (plan !== undefined) return await clamped(context, plan)
  complain(context, `No reset plan for group ${group} found`)
  return []
}

/** What lies before the log goes to its start, what lies behind it to its end. */
async function clamped(context: GroupsContext, wanted: readonly NewOffset[]): Promise<readonly NewOffset[]> {
  const starts = byName(await logOffsets(context, wanted, EARLIEST))
  const ends = byName(await logOffsets(context, wanted, LATEST))
  return wanted.map(({ topic, partition, offset }) => {
    const name = partitionName({ topic, partition })
    const [start, end] = [starts.get(name)!.offset, ends.get(name)!.offset]
    const within = Math.min(Math.max(offset, start), end)
    if (within !== offset) {
      const how = offset > end ? 'higher than latest' : 'lower than earliest'
      note(
        context.io,
        `New offset (${offset}) is ${how} offset for topic partition ${name}. Value will be set to ${within}`,
      )
    }
    return { topic, partition, offset: within }
  })
}

async function logOffsets(
  context: GroupsContext,
  partitions: readonly TopicPartition[],
  which: typeof EARLIEST | typeof LATEST,
): Promise<readonly NewOffset[]> {
  const found = await ask(context, partitions, which)
  return partitions.map(({ topic, partition }) => ({
    topic,
    partition,
    offset: found.get(partitionName({ topic, partition }))?.offset ?? 0,
  }))
}

async function ask(
  { client, timeoutMs }: GroupsContext,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<Map<string, LogOffset>> {
  const questions = partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }))
  return await wrapped(listOffsets(client, questions, timeoutMs))
}

function byName(offsets: readonly NewOffset[]): Map<string, NewOffset> {
  return new Map(offsets.map((offset) => [partitionName(offset), offset]))
}
