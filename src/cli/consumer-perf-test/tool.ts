import { javaFullMatch } from '../../base/java-regex.js'
import { readConsumerConfig } from '../../client/consumer/config.js'
import { RecordPolls } from '../../client/consumer/record-polls.js'
import type { RecordSource } from '../../client/consumer/record-source.js'
import { printMetrics } from '../client-metrics.js'
import { withContext } from '../context/apply.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { openGroupReader } from '../group-reader.js'
import { dateFormat } from '../java-date.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { stopCode } from '../process-io.js'
import { Progress as Bar } from '../progress.js'
import { loadProperties, parseKeyValues } from '../properties.js'
import { defineTool, type ToolIo } from '../tool.js'
import { CONSUMER_PERF_OPTIONS, type ConsumerPerfOptions, checkOptions } from './options.js'
import {
  CONSUMER_PERF,
  type Progress,
  printHeader,
  printInterval,
  printTotal,
  type ReportOptions,
  totalRow,
} from './report.js'

const POLL_MS = 100
const TIMEOUT_MS = 10_000
const INTERVAL_MS = 5000
const FETCH_BYTES = 1024 * 1024
const SOCKET_BYTES = 2 * 1024 * 1024
const GROUPS = 100_000
const ILLEGAL = 'java.lang.IllegalArgumentException'

export const consumerPerfTestTool = defineTool({
  name: 'consumer-perf-test',
  summary: 'Reads records as fast as can be and says how long they took.',
  options: CONSUMER_PERF_OPTIONS,
  data: [CONSUMER_PERF],
  examples: [
    '--topic orders --num-records 1000000',
    '--topic orders --num-records 1000000 --show-detailed-stats',
    '--topic orders --num-records 1000000 --from-latest --hide-header',
  ],
  endsOnSignal: true,
  showsTableOnParseError: true,
  removed: { 'new-consumer': 'today: leave it out, there is one consumer only' },
  act: async (options, io) => {
    checkOptions(options, io)
    try {
      return await run(options, io)
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      io.stderr.line(error.message)
      return 1
    }
  },
})

async function run(options: ConsumerPerfOptions, io: ToolIo): Promise<number> {
  const format = readFormat(options.text('output'))
  // Beside data Kafka's text is a remark.
  const text = format === null ? io.stdout : io.stderr
  if (options.has('messages')) text.line('Warning: --messages is deprecated. Use --num-records instead.')
  if (options.has('consumer.config')) {
    text.line('Warning: --consumer.config is deprecated. Use --command-config instead.')
  }
  const isDetailed = options.has('show-detailed-stats')
  const print = (line: string): void => {
    text.line(line)
  }
  if (!options.has('hide-header') && (format === null || isDetailed)) printHeader({ isDetailed, print })
  const report = { isDetailed, print, date: dateFormat(options.text('date-format') ?? 'yyyy-MM-dd HH:mm:ss:SSS') }
  const interval = options.int('reporting-interval') ?? INTERVAL_MS
  if (interval <= 0) {
    throw new JavaError(ILLEGAL, 'Reporting interval must be greater than 0.')
  }
  const include = options.text('include')
  const choice = include === undefined ? { names: [options.text('topic')!] } : { matches: javaFullMatch(include) }
  const flag = options.text('bootstrap-server')
  const read = readConsumerConfig(withContext(settings(options, flag, io), flag, io))
  if (options.text('topic')?.trim() === '') {
    throw new JavaError(ILLEGAL, 'Topic collection to subscribe to cannot contain null or empty topic')
  }
  const config = { ...read, client: { ...read.client, bootstrapServers: await io.bootstrap(flag) } }
  const perf = new ConsumerPerf(options, report, interval, io)
  const source = await openGroupReader(config, choice, perf, io)
  try {
    return await perf.run(source, config.client.clientId)
  } finally {
    await source.close()
  }
}

function settings(options: ConsumerPerfOptions, bootstrap: string | undefined, io: ToolIo): Map<string, string> {
  const file = options.text('command-config') ?? options.text('consumer.config')
  const properties = new Map([
    ...(file === undefined ? [] : loadProperties(file, io.directory)),
    ...parseKeyValues(options.texts('command-property')),
  ])
  properties.set('bootstrap.servers', bootstrap ?? 'localhost:9092')
  properties.set('group.id', options.text('group') ?? `perf-consumer-${io.random.int(GROUPS)}`)
  properties.set('receive.buffer.bytes', String(options.int('socket-buffer-size') ?? SOCKET_BYTES))
  properties.set('max.partition.fetch.bytes', String(options.int('fetch-size') ?? FETCH_BYTES))
  properties.set('auto.offset.reset', options.has('from-latest') ? 'latest' : 'earliest')
  properties.set('check.crcs', 'false')
  if (!properties.has('client.id')) properties.set('client.id', 'perf-consumer-client')
  return properties
}

class ConsumerPerf {
  readonly #options: ConsumerPerfOptions
  readonly #report: ReportOptions
  readonly #intervalMs: number
  readonly #io: ToolIo
  #joinStartMs: number
  #joinMs = 0
  #intervalJoinMs = 0
  #bytes = 0
  #records = 0

  constructor(options: ConsumerPerfOptions, report: ReportOptions, intervalMs: number, io: ToolIo) {
    this.#options = options
    this.#report = report
    this.#intervalMs = intervalMs
    this.#io = io
    this.#joinStartMs = io.clock.now()
  }

  onAssigned = (): void => {
    const elapsedMs = this.#io.clock.now() - this.#joinStartMs
    this.#joinMs += elapsedMs
    this.#intervalJoinMs += elapsedMs
  }

  onRevoked = (): void => {
    this.#joinStartMs = this.#io.clock.now()
  }

  async run(source: RecordSource, clientId: string): Promise<number> {
    const { clock, stop } = this.#io
    const wanted = this.#options.long('num-records') ?? this.#options.long('messages')!
    const timeoutMs = this.#options.hasArgument('timeout') ? this.#options.long('timeout')! : TIMEOUT_MS
    const startMs = clock.now()
    this.#joinStartMs = startMs
    await this.#read(source, wanted, timeoutMs)
    if (stop.aborted) return stopCode(stop)
    const endMs = clock.now()
    if (this.#records < wanted) {
      this.#report.print(
        `WARNING: Exiting before consuming the expected number of records: timeout (${timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.`,
      )
    }
    const format = readFormat(this.#options.text('output'))
    if (format !== null) {
      const row = totalRow(this.#progress(), startMs, endMs, this.#records >= wanted)
      await printData(this.#io, format, CONSUMER_PERF, [row])
    } else if (!this.#report.isDetailed) printTotal(this.#report, this.#progress(), startMs, endMs)
    if (this.#options.has('print-metrics')) {
      const named = { group: 'consumer-fetch-manager-metrics', tags: { 'client-id': clientId } }
      printMetrics({ stdout: format === null ? this.#io.stdout : this.#io.stderr }, [
        { ...named, name: 'records-consumed-total', value: this.#records },
        { ...named, name: 'bytes-consumed-total', value: this.#bytes },
      ])
    }
    return 0
  }

  async #read(source: RecordSource, wanted: number, timeoutMs: number): Promise<void> {
    const { clock, stop } = this.#io
    const polls = new RecordPolls(source)
    const bar = new Bar(this.#io, 'reading', wanted, true)
    let [lastReportMs, lastRecordMs] = [clock.now(), clock.now()]
    let last = this.#progress()
    while (this.#records < wanted && clock.now() - lastRecordMs <= timeoutMs && !stop.aborted) {
      const records = await polls.poll(POLL_MS, stop)
      const now = clock.now()
      bar.at(this.#records)
      if (records.length > 0) lastRecordMs = now
      for (const { key, value } of records) {
        this.#records++
        this.#bytes += (key?.length ?? 0) + (value?.length ?? 0)
        if (now - lastReportMs < this.#intervalMs) continue
        if (this.#report.isDetailed) {
          const progress = this.#progress()
          bar.end()
          printInterval(this.#report, progress, last, this.#intervalJoinMs, lastReportMs, now)
          last = progress
          this.#intervalJoinMs = 0
        }
        lastReportMs = now
      }
    }
    bar.end()
  }

  #progress(): Progress {
    return { bytes: this.#bytes, records: this.#records, joinMs: this.#joinMs }
  }
}
