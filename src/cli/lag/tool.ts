import { orStopped } from '../../base/or-stopped.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { withAdmin } from '../admin.js'
import { type DataFormat, OUTPUT_OPTION, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { isKafkaFailure } from '../java-error.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { CLUSTER_OPTIONS, plainly } from '../own-options.js'
import { stopCode } from '../process-io.js'
import { suggestGroup } from '../suggest.js'
import { defineTool, type ToolIo } from '../tool.js'
import { topicFilter } from '../topic-filter.js'
import { LAG, type LagRow, lagRows } from './report.js'
import { type OffsetRow, sample, unreadSince } from './sample.js'

const OPTIONS = optionSpecs([
  ...CLUSTER_OPTIONS,
  { name: 'group', argument: 'required', value: 'id', about: 'Which group; all unless given. May be repeated.' },
  {
    name: 'topic',
    argument: 'required',
    value: 'name',
    about: 'Only topics of this name, list or regular expression.',
  },
  { name: 'watch', about: 'Look again and again, until Ctrl-C.' },
  {
    name: 'interval-ms',
    argument: 'required',
    type: 'long',
    value: 'ms',
    about: 'Time between two looks, from which the trend is told; 1000, with --watch 2000 unless given.',
  },
  { ...OUTPUT_OPTION, about: 'How to print it; a table unless given. With --watch, JSON is a list on each line.' },
])

type LagOptions = Options<(typeof OPTIONS)[number]['name']>

export const lagTool = defineTool({
  name: 'lag',
  summary: 'Shows how far groups are behind: in records, in seconds, and whether it grows.',
  options: OPTIONS,
  examples: ['', '--group billing --watch', '--topic orders --output json'],
  data: [LAG],
  endsOnSignal: true,
  runsWithoutArguments: true,
  act: async (options, io) => {
    const admin = { bootstrap: options.text('bootstrap-server'), configFile: options.text('command-config') }
    await plainly(withAdmin(admin, io, (client) => look(client, options, io)))
    return io.stop.aborted ? stopCode(io.stop) : 0
  },
})

async function look(client: ClusterClient, options: LagOptions, io: ToolIo): Promise<void> {
  const isWatching = options.has('watch')
  const intervalMs = Math.max(0, options.long('interval-ms') ?? (isWatching ? 2000 : 1000))
  const topic = options.text('topic')
  const isWanted = topic === undefined ? () => true : topicFilter(topic)
  const ids = options.texts('group')
  const read = async (): Promise<OffsetRow[]> => {
    try {
      return await sample(client, ids, isWanted)
    } catch (error) {
      for (const id of isKafkaFailure(error) ? ids : []) await suggestGroup(client, id, io)
      throw error
    }
  }
  let before = await read()
  // Where nothing is left to read there is no trend to wait for.
  if (!isWatching && before.every(({ lag }) => lag === null || lag <= 0)) return await show(before, before)
  if (isWatching) await show(before, [])
  do {
    await orStopped(new Promise<void>((resolve) => io.clock.after(intervalMs, resolve)), io.stop)
    if (io.stop.aborted) return
    const now = await read()
    await show(now, before)
    before = now
  } while (isWatching && !io.stdout.isGone)

  async function show(rows: readonly OffsetRow[], earlier: readonly OffsetRow[]): Promise<void> {
    const since = await unreadSince(client, rows, io)
    const report = lagRows(rows, earlier, since, io.clock.now())
    const format = readFormat(options.text('output')) ?? 'table'
    if (isWatching) await printAgain(report, format, io)
    else await printData(io, format, LAG, report)
  }
}

/** On a terminal in the same place; elsewhere one after the other. */
async function printAgain(rows: readonly LagRow[], format: DataFormat, io: ToolIo): Promise<void> {
  if (format === 'json') io.stdout.line(JSON.stringify(rows))
  else {
    if (format === 'yaml') io.stdout.line('---')
    else if (io.stdout.isTerminal) io.stdout.write('\u001b[H\u001b[2J')
    else io.stdout.line(new Date(io.clock.now()).toISOString())
    await printData(io, format, LAG, rows)
  }
  await io.stdout.flushed()
}
