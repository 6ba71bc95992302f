import type { Random } from '../../base/random.js'
import { javaDouble } from '../console-consumer/java-decimal.js'
import { withContext } from '../context/apply.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { number, shape } from '../data/shape.js'
import { tellFailure } from '../failure-text.js'
import { isKafkaFailure } from '../java-error.js'
import { fixed } from '../java-format.js'
import { stopCode } from '../process-io.js'
import { Progress } from '../progress.js'
import { loadProperties } from '../properties.js'
import { defineTool, type Tool, type ToolIo } from '../tool.js'
import { type LatencyPlan, measure } from './latency.js'
import { checkOptions, E2E_OPTIONS, type E2eOptions, withNames } from './options.js'

const TOLD_EVERY = 1000
const LETTERS = 26
const FIRST_LETTER = 65
const PERCENTILES = [0.5, 0.99, 0.999] as const

const LATENCIES = shape(
  '',
  {
    records: number('how many went all the way'),
    latencyMsAverage: number('from sending a record to reading it'),
    latencyMs50: number('half of them took no longer, in whole milliseconds'),
    latencyMs99: number('99 of 100 took no longer'),
    latencyMs999: number('999 of 1000 took no longer'),
  },
  { isSingle: true },
)

const named = defineTool({
  name: 'e2e-latency',
  summary: 'Says how long records take from a producer through a topic to a consumer.',
  options: E2E_OPTIONS,
  data: [LATENCIES],
  examples: [
    '--topic orders --num-records 1000 --producer-acks all --record-size 100',
    '--topic orders --num-records 1000 --producer-acks 1 --record-size 100',
    '--topic orders --num-records 1000 --producer-acks all --record-size 100 --record-key-size 16',
  ],
  endsOnSignal: true,
  showsTableOnParseError: true,
  act: async (options, io) => {
    return await telling(io, async () => {
      checkOptions(options, io)
      return await run(options, io)
    })
  },
})

export const e2eLatencyTool: Tool = {
  ...named,
  run: (args, io) => telling(io, async () => await named.run(withNames(args, io), io)),
}

async function telling(io: ToolIo, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!isKafkaFailure(error)) throw error
    tellFailure(error, io)
    return 1
  }
}

async function run(options: E2eOptions, io: ToolIo): Promise<number> {
  const format = readFormat(options.text('output'))
  const text = format === null ? io.stdout : io.stderr
  const latenciesMs: number[] = []
  const progress = new Progress(io, 'sending and reading', options.int('num-records')!, true)
  await measure({ ...(await readPlan(options, io)), remark: (line) => text.line(line) }, io, (index, elapsedMs) => {
    latenciesMs.push(elapsedMs)
    progress.at(latenciesMs.length)
    if (index % TOLD_EVERY === 0) progress.end()
    if (index % TOLD_EVERY === 0) text.line(`${index}\t${javaDouble(Math.round(elapsedMs * 1e6) / 1000 / 1000)}`)
  })
  progress.end()
  if (io.stop.aborted) return stopCode(io.stop)
  const total = latenciesMs.reduce((sum, ms) => sum + ms, 0)
  const sorted = latenciesMs.map(Math.floor).sort((a, b) => a - b)
  const [half, most, nearlyAll] = PERCENTILES.map((share) => sorted[Math.floor(sorted.length * share)]!)
  if (format !== null) {
    const times = { latencyMs50: half!, latencyMs99: most!, latencyMs999: nearlyAll! }
    const latencyMsAverage = total / latenciesMs.length
    await printData(io, format, LATENCIES, [{ records: latenciesMs.length, latencyMsAverage, ...times }])
    return 0
  }
  io.stdout.line(`Avg latency: ${fixed(total / latenciesMs.length, 4)} ms`)
  io.stdout.line(`Percentiles: 50th = ${half}, 99th = ${most}, 99.9th = ${nearlyAll}`)
  return 0
}

async function readPlan(options: E2eOptions, io: ToolIo): Promise<Omit<LatencyPlan, 'remark'>> {
  const file = options.text('command-config')
  const flag = options.text('bootstrap-server')
  const given = new Map(file === undefined ? [] : loadProperties(file, io.directory))
  const properties = withContext(given, flag, io).set('bootstrap.servers', await io.bootstrap(flag))
  const letters = (size: number): Buffer => randomLetters(size, io.random)
  const size = (name: 'record-key-size' | 'record-header-key-size' | 'record-header-size' | 'num-headers'): number =>
    options.int(name) ?? 0
  return {
    topic: options.text('topic')!,
    recordCount: options.int('num-records')!,
    acks: options.text('producer-acks')!,
    properties,
    nextRecord: () => ({
      key: size('record-key-size') > 0 ? letters(size('record-key-size')) : null,
      value: letters(options.int('record-size')!),
      headers: Array.from({ length: size('num-headers') }, () => ({
        key: letters(size('record-header-key-size')).toString(),
        value: size('record-header-size') < 0 ? null : letters(size('record-header-size')),
      })),
    }),
  }
}

function randomLetters(size: number, random: Random): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  for (let i = 0; i < size; i++) bytes[i] = FIRST_LETTER + random.int(LETTERS)
  return bytes
}
