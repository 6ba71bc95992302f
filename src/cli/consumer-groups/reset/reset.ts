import { describeGroups, type GroupDescription } from '../../../client/group-descriptions.js'
import { commitOffsets } from '../../../client/group-offsets.js'
import { KafkaError } from '../../../client/kafka-error.js'
import { comparePartitions } from '../../../client/topic-partition.js'
import { ErrorCode } from '../../../protocol/errors.js'
import { fitting, table } from '../../columns.js'
import { executionException, runtimeException } from '../../java-error.js'
import { inHashOrder } from '../../java-hash-order.js'
import { type GroupsContext, wrapped } from '../context.js'
import { allGroupIds } from '../list.js'
import { printError } from '../print-error.js'
import { csvLine } from './csv.js'
import { type NewOffset, newOffsets } from './new-offsets.js'
import { selectPartitions } from './selection.js'

/** Computes where each selected group shall go on, commits it if --execute says so, and prints it either way. */
export async function reset(context: GroupsContext): Promise<void> {
  const { client, options, io, timeoutMs } = context
  const ids = options.has('all-groups') ? await allGroupIds(context) : options.texts('group')
  const groups = await describeGroups(client, ids, timeoutMs)
  const plans = new Map<string, readonly NewOffset[]>()
  for (const id of inHashOrder(ids)) plans.set(id, await resetGroup(context, id, groups.get(id)!))
  io.stdout.write(options.has('export') ? csvText(context, plans) : planTable(plans))
}

async function resetGroup(
  context: GroupsContext,
  id: string,
  group: GroupDescription | Error,
): Promise<readonly NewOffset[]> {
  const { client, options, io, timeoutMs } = context
  const state = stateOf(group)
  if (state !== 'Empty' && state !== 'Dead') {
    printError(io, `Assignments can only be reset if the group '${id}' is inactive, but the current state is ${state}.`)
    return []
  }
  const offsets = await newOffsets(context, id, await selectPartitions(context, id))
  if (options.has('execute')) await wrapped(commitOffsets(client, id, offsets, timeoutMs))
  return [...offsets].sort(comparePartitions)
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
