import { formatDuration, parseDuration } from '../../base/duration.js'
import { orStopped } from '../../base/or-stopped.js'
import { UserError } from '../../base/user-error.js'
import { withAdmin } from '../admin.js'
import { OUTPUT_OPTION, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { boolean, number, shape, text } from '../data/shape.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { CLUSTER_OPTIONS, plainly } from '../own-options.js'
import { stopCode } from '../process-io.js'
import { suggestGroup, suggestTopic } from '../suggest.js'
import { defineTool, note, type ToolIo } from '../tool.js'
import { type Condition, condition, type Finding } from './conditions.js'

const TIMEOUT_MS = 30_000
const PAUSE_MS = 200
/** Told apart from 1, a mistake: what was waited for did not come. */
const TIMED_OUT = 2

const WAIT_OPTIONS = optionSpecs([
  ...CLUSTER_OPTIONS,
  {
    name: 'timeout',
    argument: 'required',
    value: 'time',
    about: 'How long to wait, such as 90s or 5m; 30s unless given. Then the exit code is 2.',
  },
  { name: 'gone', about: 'topic, group: wait until there is none of that name.' },
  {
    name: 'partitions',
    argument: 'required',
    type: 'int',
    value: 'count',
    about: 'topic: at least so many partitions, all with a leader.',
  },
  { name: 'records', argument: 'required', type: 'long', value: 'count', about: 'topic: at least so many records.' },
  { name: 'state', argument: 'required', value: 'state', about: 'group: in this state; Stable unless given.' },
  { name: 'members', argument: 'required', type: 'int', value: 'count', about: 'group: at least so many members.' },
  {
    name: 'max',
    argument: 'required',
    type: 'long',
    value: 'count',
    about: 'lag: no more records behind; 0 unless given.',
  },
  { name: 'topic', argument: 'required', value: 'name', about: 'lag: of this topic only.' },
  { ...OUTPUT_OPTION, about: 'Print what came as JSON, YAML or a table.' },
])

export type WaitOptions = Options<(typeof WAIT_OPTIONS)[number]['name']>

const WAITED = shape(
  '',
  {
    condition: text('what was waited for'),
    isMet: boolean('false when the time was up'),
    finding: text('what was there at the end'),
    waitedMs: number('how long it took'),
  },
  { isSingle: true },
)

export const waitTool = defineTool({
  name: 'wait',
  summary:
    'Waits until a topic is there, a group is ready or a lag is gone: exit code 0; 2 when it does not come to that.',
  words: 'topic NAME | group ID | lag GROUP ',
  options: WAIT_OPTIONS,
  examples: ['topic orders --partitions 3', 'group billing --members 2 --timeout 2m', 'lag billing --max 100'],
  data: [WAITED],
  endsOnSignal: true,
  act: async (options, io) => {
    const wanted = condition(options)
    const timeoutMs = readTimeout(options.text('timeout'))
    const startedAtMs = io.clock.monotonicMs()
    const finding = await waitFor(wanted, timeoutMs, options, io)
    if (io.stop.aborted) return stopCode(io.stop)
    const format = readFormat(options.text('output'))
    const waitedMs = Math.round(io.clock.monotonicMs() - startedAtMs)
    const { isMet, finding: found } = finding
    if (format !== null)
      await printData(io, format, WAITED, [{ condition: wanted.text, isMet, finding: found, waitedMs }])
    else if (isMet) io.stdout.line(found)
    if (!isMet) note(io, `after ${formatDuration(timeoutMs)}: ${found}; waited for: ${wanted.text}`)
    return isMet ? 0 : TIMED_OUT
  },
})

async function waitFor(wanted: Condition, timeoutMs: number, options: WaitOptions, io: ToolIo): Promise<Finding> {
  const admin = { bootstrap: options.text('bootstrap-server'), configFile: options.text('command-config'), timeoutMs }
  const over = new AbortController()
  const end = (): void => over.abort()
  io.stop.addEventListener('abort', end)
  const timer = io.clock.after(timeoutMs, end)
  let last: Finding = { isMet: false, finding: 'no broker has answered' }
  try {
    await plainly(
      withAdmin(admin, io, async (client) => {
        while (!last.isMet && !over.signal.aborted) {
          last = (await orStopped(wanted.look(client), over.signal)) ?? last
          if (last.isMet) return
          await orStopped(new Promise<void>((resolve) => io.clock.after(PAUSE_MS, resolve)), over.signal)
        }
        if (io.stop.aborted) return
        if (last.missing === 'topic') await suggestTopic(client, wanted.name, io)
        else if (last.missing === 'group') await suggestGroup(client, wanted.name, io)
      }),
    )
    return last
  } finally {
    timer.cancel()
    io.stop.removeEventListener('abort', end)
  }
}

function readTimeout(given: string | undefined): number {
  if (given === undefined) return TIMEOUT_MS
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : parseDuration(given)
  if (ms === null) throw new UserError(`--timeout ${given} is no time`, 'e.g. 500ms, 90s, 5m')
  return ms
}
