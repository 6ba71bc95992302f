import { describeGroups, type GroupDescription } from '../../client/group-descriptions.js'
import { ClientError, KafkaError } from '../../client/kafka-error.js'
import { ErrorCode } from '../../protocol/errors.js'
import { type DataFormat, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { executionException } from '../java-error.js'
import { suggestGroup } from '../suggest.js'
import type { GroupsContext } from './context.js'
import { GROUP_MEMBERS, GROUP_OFFSETS, GROUP_STATES, memberRows, stateRow } from './data.js'
import { allGroupIds } from './list.js'
import { describeMembers } from './members-view.js'
import { describeOffsets, offsetRows } from './offsets-view.js'
import { printError } from './print-error.js'
import { describeStates } from './state-view.js'

/** One view of each selected group, in ascending order of their ids. */
export async function describe(context: GroupsContext): Promise<void> {
  const { options } = context
  const ids = options.has('all-groups') ? await allGroupIds(context) : options.texts('group')
  const groups = await describeAll(context, ids)
  const format = readFormat(options.text('output'))
  if (format !== null) return await describeAsData(context, groups, format)
  if (options.has('members')) return describeMembers(context, groups)
  if (options.has('state')) return describeStates(context, groups)
  return await describeOffsets(context, groups)
}

async function describeAsData(
  context: GroupsContext,
  groups: readonly GroupDescription[],
  format: DataFormat,
): Promise<void> {
  const { options, io } = context
  const missing = groups.find(({ state }) => state === 'Dead')
  if (missing !== undefined) throw new ClientError(`Consumer group '${missing.id}' does not exist.`)
  if (options.has('members')) await printData(io, format, GROUP_MEMBERS, groups.flatMap(memberRows))
  else if (options.has('state')) await printData(io, format, GROUP_STATES, groups.map(stateRow))
  else await printData(io, format, GROUP_OFFSETS, await offsetRows(context, groups))
}

/** @throws JavaError for the first group that cannot be described: nothing is said about the others then. */
async function describeAll(context: GroupsContext, ids: readonly string[]): Promise<GroupDescription[]> {
  const described = await describeGroups(context.client, ids, context.timeoutMs)
  for (const [id, group] of described) {
    if (isMissing(group)) await suggestGroup(context.client, id, context.io)
  }
  const groups = [...described.values()].map((group) => {
    if (group instanceof Error) throw executionException(group)
    return group
  })
  return groups.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function isMissing(group: GroupDescription | Error): boolean {
  if (group instanceof Error) return group instanceof KafkaError && group.code === ErrorCode.GROUP_ID_NOT_FOUND
  return group.state === 'Dead'
}

/** Says what there is to say about a group's state. Whether a table of `rowCount` rows is worth printing. */
export function announce({ io }: GroupsContext, { id, state }: GroupDescription, rowCount: number): boolean {
  switch (state) {
    case 'Dead':
      printError(io, `Consumer group '${id}' does not exist.`)
      return false
    case 'Empty':
      io.stderr.write(`\nConsumer group '${id}' has no active members.\n`)
      break
    case 'PreparingRebalance':
    case 'CompletingRebalance':
    case 'Assigning':
    case 'Reconciling':
      io.stderr.write(`\nWarning: Consumer group '${id}' is rebalancing.\n`)
      break
    case 'Stable':
      break
    default:
      throw new ClientError(`Expected a valid consumer group state, but found '${state}'.`)
  }
  return rowCount > 0
}
