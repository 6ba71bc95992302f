import { type GroupListing, listGroups } from '../../client/groups.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import type { RowIn } from '../data/shape.js'
import { inHashOrder } from '../java-hash-order.js'
import { UsageError } from '../usage.js'
import { type GroupsContext, wrapped } from './context.js'
import { GROUP_LIST } from './data.js'

const ID_WIDTH_MIN = 15
const ID_MARGIN = 10
const COLUMN_WIDTH = 20

const STATES = ['PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead', 'Empty', 'Assigning', 'Reconciling']
const TYPES = ['Consumer', 'Classic']

/** Ids a line each, or a table with the columns that were asked for. */
export async function list(context: GroupsContext): Promise<void> {
  const { options, io } = context
  const format = readFormat(options.text('output'))
  if (format !== null) return await printData(io, format, GROUP_LIST, await rowsOf(context))
  const columns = (['type', 'state'] as const).filter((column) => options.has(column))
  if (columns.length === 0) {
    for (const { id } of await selectGroups(context, [], [])) io.stdout.line(id)
    return
  }
  const groups = await selectChosen(context)
  const width = Math.max(ID_WIDTH_MIN, ...groups.map(({ id }) => id.length)) + ID_MARGIN
  const row = (id: string, cells: readonly string[]): void => {
    io.stdout.line([id.padEnd(width), ...cells.map((cell) => cell.padEnd(COLUMN_WIDTH))].join(' '))
  }
  row(
    'GROUP',
    columns.map((column) => column.toUpperCase()),
  )
  for (const group of groups) {
    row(
      group.id,
      columns.map((column) => group[column] ?? ''),
    )
  }
}

async function rowsOf(context: GroupsContext): Promise<RowIn<typeof GROUP_LIST>[]> {
  const groups = await selectChosen(context)
  return groups.map(({ id, type, state, protocolType }) => ({ group: id, type, state, protocolType }))
}

/** Of the types and in the states that were asked for. */
async function selectChosen(context: GroupsContext): Promise<GroupListing[]> {
  const { options } = context
  const types = chosen(options.text('type'), TYPES, 'types')
  const states = chosen(options.text('state'), STATES, 'state')
  return await selectGroups(context, states, types)
}

/** The ids of all consumer groups, in the order in which Kafka's tool lists them. */
export async function allGroupIds(context: GroupsContext): Promise<string[]> {
  return (await selectGroups(context, [], [])).map(({ id }) => id)
}

/** Groups that other programs keep in the same place, such as Connect's, are not among them. */
async function selectGroups(
  { client, timeoutMs }: GroupsContext,
  states: readonly string[],
  types: readonly string[],
): Promise<GroupListing[]> {
  const filter = { states, types: types.length === 0 ? TYPES : types, protocolTypes: ['', 'consumer'] }
  const groups = new Map((await wrapped(listGroups(client, filter, timeoutMs))).map((group) => [group.id, group]))
  return inHashOrder(groups.keys()).map((id) => groups.get(id)!)
}

/** Reads `a, B,`: any case, blanks do not count, nothing means all. */
function chosen(text: string | undefined, known: readonly string[], what: 'types' | 'state'): string[] {
  if (text === undefined || text === '') return []
  const words = text.split(',').map((word) => word.trim())
  while (words.at(-1) === '') words.pop()
  const found = words.map((word) => known.find((name) => name.toLowerCase() === word.toLowerCase()))
  if (found.every((name) => name !== undefined)) return found
  const valid = what === 'types' ? 'Valid types' : 'Valid states'
  throw new UsageError(`Invalid ${what} list '${text}'. ${valid} are: ${known.join(', ')}`)
}
