import { type GroupListing, listGroups } from '../../client/groups.js'
import { withAdmin } from '../admin.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { orNull, shape, text } from '../data/shape.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { inHashOrder } from '../java-hash-order.js'
import { OptionError } from '../kafka-options.js'
import { defineTool, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import { checkGroupsOptions, GROUPS_OPTIONS, type GroupsOptions, groupFilter } from './options.js'

const TIMEOUT_MS = 30_000
const WIDTH_MIN = 20
const GROUPS = shape('', {
  group: text('its id'),
  type: orNull(text('Classic, Consumer, Share or Streams; null where the broker does not say')),
  state: orNull(text('such as Stable or Empty; null where the broker does not say')),
  protocol: text('such as consumer or connect; empty for a group that never had a member'),
})
const ALL = { states: [], types: [], protocolTypes: [] }

export const groupsTool = defineTool({
  name: 'groups',
  summary: 'Lists groups of every type.',
  options: GROUPS_OPTIONS,
  examples: ['--list', '--list --consumer', '--list --group-type classic --protocol consumer'],
  data: [GROUPS],
  showsTableOnParseError: true,
  act: async (options, io) => {
    checkGroupsOptions(options, io)
    try {
      await list(options, io)
      return 0
    } catch (error) {
      if (error instanceof UsageError || !isKafkaFailure(error)) throw error
      // What Java itself or the parser refuses (a file, an argument) is no failure of the command for Kafka's tool.
      const isArgument = error instanceof JavaError && error.javaClass.startsWith('java.')
      if (isArgument || error instanceof OptionError) io.stderr.line(error.message)
      else
        (options.has('output') ? io.stderr : io.stdout).line(`Error while executing groups command : ${error.message}`)
      return 1
    }
  },
})

async function list(options: GroupsOptions, io: ToolIo): Promise<void> {
  const isSelected = groupFilter(options)
  const admin = {
    bootstrap: options.text('bootstrap-server'),
    configFile: options.text('command-config'),
    timeoutMs: TIMEOUT_MS,
  }
  const groups = await withAdmin(admin, io, async (client) => {
    const timeoutMs = Math.min(TIMEOUT_MS, client.config.apiTimeoutMs)
    return new Map((await listGroups(client, ALL, timeoutMs)).map((group) => [group.id, group]))
  })
  const selected = inHashOrder(groups.keys())
    .map((id) => groups.get(id)!)
    .filter(isSelected)
  const format = readFormat(options.text('output'))
  if (format === null) return print(selected, io)
  const rows = selected.map(({ id, type, state, protocolType }) => ({ group: id, type, state, protocol: protocolType }))
  await printData(io, format, GROUPS, rows)
}

/** One width for all columns; rows end in a space more than the header, as Kafka's do. */
function print(groups: readonly GroupListing[], io: ToolIo): void {
  const rows = groups.map(({ id, type, protocolType }) => [id, type ?? '', protocolType])
  const width = Math.max(WIDTH_MIN, ...rows.flat().map((cell) => cell.length))
  const padded = (cells: readonly string[]): string => cells.map((cell) => cell.padEnd(width)).join(' ')
  io.stdout.line(padded(['GROUP', 'TYPE', 'PROTOCOL']))
  for (const row of rows) io.stdout.line(`${padded(row)} `)
}
