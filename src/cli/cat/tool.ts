import { orStopped } from '../../base/or-stopped.js'
import { UserError } from '../../base/user-error.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import type { FetchedChunk } from '../../client/consumer/fetched-chunk.js'
import { KafkaError } from '../../client/kafka-error.js'
import { describeTopics } from '../../client/topic-descriptions.js'
import { listTopics } from '../../client/topics.js'
import { ErrorCode } from '../../protocol/errors.js'
import { withAdmin } from '../admin.js'
import type { Formatter } from '../console-consumer/formatter.js'
import { JsonLinesFormatter } from '../console-consumer/formatters/json-lines.js'
import { DEFAULT_FORMATTER, loadFormatter } from '../console-consumer/formatters.js'
import { didYouMean } from '../did-you-mean.js'
import { plainly } from '../own-options.js'
import { openPartitionReader } from '../partition-reader.js'
import { stopCode } from '../process-io.js'
import { Progress } from '../progress.js'
import { parseKeyValues } from '../properties.js'
import { defineTool, note, type Tool, type ToolIo } from '../tool.js'
import { type Bounds, findBounds } from './bounds.js'
import { recordFilter } from './filter.js'
import { CAT_DATA, CAT_OPTIONS, type CatOptions } from './options.js'
import { isLastCount, parseRange, type Range } from './range.js'

const definition = defineTool({
  name: 'cat',
  summary: 'Prints records of a topic, a range of offsets or times of it, and ends at the end. Joins no group.',
  words: 'TOPIC [RANGE] ',
  options: CAT_OPTIONS,
  examples: [
    'orders',
    'orders -5',
    'orders @-10m --key ^alice$ --output json',
    'orders 0-100 --partition 0',
    'orders -f',
  ],
  data: CAT_DATA,
  endsOnSignal: true,
  act: async (options, io) => {
    const plan = await readPlan(options, io)
    const admin = { bootstrap: options.text('bootstrap-server'), configFile: options.text('command-config') }
    await plainly(withAdmin(admin, io, (client) => print(client, plan, io)))
    return io.stop.aborted ? stopCode(io.stop) : 0
  },
})

/** `-5` and `-f` stand for options that Kafka's rules have no room for. */
export const catTool: Tool = {
  ...definition,
  run: (args, io) => {
    return definition.run(
      args.flatMap((word, i) => {
        const isValue =
          i > 0 && args[i - 1]!.startsWith('--') && !args[i - 1]!.includes('=') && args[i - 1] !== '--follow'
        if (isValue) return [word]
        if (word === '-f') return ['--follow']
        return isLastCount(word) ? ['--range', word] : [word]
      }),
      io,
    )
  },
}

interface Plan {
  readonly topic: string
  readonly range: Range
  readonly partitions: readonly number[]
  readonly isWanted: ReturnType<typeof recordFilter>
  readonly formatter: Formatter
  readonly recordsMax: number
  readonly follows: boolean
}

async function readPlan(options: CatOptions, io: ToolIo): Promise<Plan> {
  const [topic, word, ...others] = options.words
  if (topic === undefined || others.length > 0) throw new UserError('which topic?', 'klog cat TOPIC [RANGE]')
  const given = options.text('range') ?? word
  if (options.has('range') && word !== undefined) throw new UserError(`one range is enough: ${given}, ${word}`)
  const follows = options.has('follow')
  const range = given === undefined ? { from: null, to: null } : parseRange(given, io.clock.now())
  if (follows && range.to !== null) throw new UserError(`${given} has an end, and --follow has none`)
  return {
    topic,
    range,
    partitions: options.texts('partition').map(partitionNumber),
    isWanted: recordFilter({
      keys: options.texts('key'),
      values: options.texts('value'),
      headers: options.texts('header'),
    }),
    formatter: await readFormatter(options, io),
    recordsMax: options.int('max-messages') ?? Number.POSITIVE_INFINITY,
    follows,
  }
}

function partitionNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UserError(`--partition ${text} is no partition`, 'e.g. --partition 0')
  return Number(text)
}

async function readFormatter(options: CatOptions, io: ToolIo): Promise<Formatter> {
  const output = options.text('output')
  if (output === 'json') return new JsonLinesFormatter()
  if (output !== undefined) throw new UserError(`--output ${output}: records are printed as JSON only`, '--output json')
  const properties = parseKeyValues(options.texts('formatter-property'))
  return await loadFormatter(DEFAULT_FORMATTER, properties, (name) => note(io, `there is no deserializer ${name}`))
}

async function print(client: ClusterClient, plan: Plan, io: ToolIo): Promise<void> {
  const bounds = await findBounds(client, plan.topic, await choosePartitions(client, plan), plan.range)
  const left = new Map(
    bounds.filter(({ from, to }) => plan.follows || from < to).map((bound) => [bound.partition, bound] as const),
  )
  if (left.size === 0) return
  const starts = [...left.values()].map(({ partition, from }) => ({ topic: plan.topic, partition, start: from }))
  const reader = await openPartitionReader(client, starts, io)
  const printer = new Printer(plan, io)
  const total = plan.follows ? 0 : [...left.values()].reduce((sum, { from, to }) => sum + to - from, 0)
  const progress = new Progress(io, `reading ${plan.topic}`, total)
  let done = 0
  try {
    while (left.size > 0 && !printer.isDone && !io.stop.aborted) {
      const chunk = await reader.poll(Number.POSITIVE_INFINITY, io.stop)
      const bound = chunk === null ? undefined : left.get(chunk.partition)
      if (chunk === null || bound === undefined) continue
      const position = chunk.position
      await printer.print(chunk, plan.follows ? { ...bound, to: Number.POSITIVE_INFINITY } : bound)
      done += chunk.position - Math.max(position, bound.from)
      progress.at(done)
      if (!plan.follows && chunk.position >= bound.to) left.delete(bound.partition)
    }
  } finally {
    progress.end()
    await reader.close()
  }
}

async function choosePartitions(client: ClusterClient, { topic, partitions }: Plan): Promise<number[]> {
  const described = (await describeTopics(client, [topic])).get(topic)
  if (described instanceof KafkaError && described.code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
    const names = (await listTopics(client)).map(({ name }) => name)
    const step = didYouMean(topic, names) ?? 'klog topics --list shows those that there are'
    throw new UserError(`there is no topic ${topic}`, step)
  }
  if (described === undefined || described instanceof Error) throw described ?? new Error(`${topic} was not described`)
  const existing = described.partitions.map(({ index }) => index)
  const missing = partitions.find((partition) => !existing.includes(partition))
  if (missing !== undefined)
    throw new UserError(`topic ${topic} has ${existing.length} partitions, and none is ${missing}`)
  return partitions.length === 0 ? existing : [...new Set(partitions)]
}

/** Shows what is wanted of each chunk. */
class Printer {
  readonly #plan: Plan
  readonly #io: ToolIo
  #count = 0

  constructor(plan: Plan, io: ToolIo) {
    this.#plan = plan
    this.#io = io
  }

  get isDone(): boolean {
    return this.#count >= this.#plan.recordsMax || this.#io.stdout.isGone
  }

  async print(chunk: FetchedChunk, { to }: Bounds): Promise<void> {
    const { isWanted, formatter } = this.#plan
    const { stdout, stop } = this.#io
    for (const record of chunk.records()) {
      if (record.offset >= to || this.isDone || stop.aborted) break
      if (!isWanted(record)) continue
      formatter.format(record, (bytes) => stdout.write(bytes))
      this.#count++
    }
    await orStopped(stdout.flushed(), stop)
  }
}
