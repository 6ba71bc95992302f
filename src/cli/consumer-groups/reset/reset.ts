import { describeGroups, type GroupDescription } from '../../../client/group-descriptions.js'
import { commitOffsets } from '../../../client/group-offsets.js'
import { KafkaError } from '../../../client/kafka-error.js'
import { comparePartitions } from '../../../client/topic-partition.js'
import { ErrorCode } from '../../../protocol/errors.js'
import { fitting, table } from '../../columns.js'
import { readFormat } from '../../data/output-option.js'
import { printData } from '../../data/print-data.js'
import type { RowIn } from '../../data/shape.js'
import { executionException, runtimeException } from '../../java-error.js'
import { inHashOrder, partitionsInHashOrder } from '../../java-hash-order.js'
import { type GroupsContext, wrapped } from '../context.js'
import { NEW_OFFSETS } from '../data.js'
import { allGroupIds } from '../list.js'
import { complain } from '../print-error.js'
import { csvLine } from './csv.js'
import { type NewOffset, newOffsets } from './new-offsets.js'
import { selectPartitions } from './selection.js'

/** Computes where each selected group shall go on, commits it if --execute says so, and prints it either way. */
export async function reset(context: GroupsContext): Promise<number> {
  const { client, options, io, timeoutMs } = context
  const ids = options.has('all-groups') ? await allGroupIds(context) : options.texts('group')
  const groups = await describeGroups(client, ids, timeoutMs)
  const plans = new Map<string, readonly NewOffset[]>()
  let isRefused = false
  for (const id of inHashOrder(ids)) {
    const offsets = await resetGroup(context, id, groups.get(id)!)
    isRefused ||= offsets === null
    plans.set(id, offsets ?? [])
  }
  const format = readFormat(options.text('output'))
  if (format !== null) {
    await printData(
      io,
      format,
      NEW_OFFSETS,
      [...plans].flatMap(([group, offsets]) => rowsOf(group, offsets)),
    )
    return isRefused ? 1 : 0
  }
  io.stdout.write(options.has('export') ? csvText(context, plans) : planTable(plans))
  return 0
}

function rowsOf(group: string, offsets: readonly NewOffset[]): RowIn<typeof NEW_OFFSETS>[] {
  const sorted = [...offsets].sort(comparePartitions)
  return sorted.map(({ topic, partition, offset }) => ({ group, topic, partition, newOffset: offset }))
}

/** Null when the group is in use. */
async function resetGroup(
  context: GroupsContext,
  id: string,
  group: GroupDescription | Error,
): Promise<readonly NewOffset[] | null> {
  const { client, options, timeoutMs } = context
  const state = stateOf(group)
  if (state !== 'Empty' && state !== 'Dead') {
    complain(
      context,
      `Assignments can only be reset if the group '${id}' is inactive, but the current state is ${state}.`,
    )
    return null
  }
  const offsets = await newOffsets(context, id, await selectPartitions(context, id))
  if (options.has('execute')) await wrapped(commitOffsets(client, id, offsets, timeoutMs))
  return partitionsInHashOrder(offsets)
}

/** Offsets may be made for a group that does not exist yet. */
function stateOf(group: GroupDescription | Error): string {
  if (!(group instanceof Error)) return group.state
  if (group instanceof KafkaError && group.code === ErrorCode.GROUP_ID_NOT_FOUND) return 'Dead'
  throw runtimeException(executionException(group))
}

function planTable(plans: ReadonlyMap<string, readonly NewOffset[]>): string {
  if (plans.size === 0) return '\n'
  const topics = [...plans.values()].flat().map(({ topic }) => topic)
  const columns = [
    fitting('GROUP', 15, [...plans.keys()]),
    fitting('TOPIC', 15, topics),
    { title: 'PARTITION', width: 10 },
    { title: 'NEW-OFFSET', width: null },
  ]
  const rows = [...plans].flatMap(([id, offsets]) =>
    offsets.map(({ topic, partition, offset }) => [id, topic, String(partition), String(offset)]),
  )
  return table(columns, rows)
}

/** As --from-file reads it; the group is named unless there can be but one. */
function csvText({ options }: GroupsContext, plans: ReadonlyMap<string, readonly NewOffset[]>): string {
  const isOfOneGroup = options.texts('group').length === 1
  const lines = [...plans].flatMap(([id, offsets]) =>
    offsets.map(({ topic, partition, offset }) =>
      csvLine(isOfOneGroup ? [topic, partition, offset] : [id, topic, partition, offset]),
    ),
  )
  return `${lines.map((line) => `${line}\n`).join('')}\n`
}
