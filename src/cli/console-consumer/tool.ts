import type { RecordSource } from '../../client/consumer/record-source.js'
import { RECORD } from '../data/record-json.js'
import { failureText } from '../failure-text.js'
import { isKafkaFailure } from '../java-error.js'
import { OptionError } from '../kafka-options.js'
import { stopCode } from '../process-io.js'
import { defineTool, note, type ToolIo } from '../tool.js'
import { CONSUMER_OPTIONS, type ConsumerOptions } from './options.js'
import { type ConsumerPlan, readPlan } from './plan.js'
import { FormatFailure, RecordPrinter } from './print-records.js'
import { openSource } from './source.js'

export const consoleConsumerTool = defineTool({
  name: 'console-consumer',
  summary: 'Prints the records of topics.',
  options: CONSUMER_OPTIONS,
  examples: [
    '--topic orders --from-beginning',
    '--topic orders --group billing',
    '--topic orders --from-beginning --formatter-property print.key=true --formatter-property print.offset=true',
    '--topic orders --partition 0 --offset 42 --max-messages 1',
    '--topic orders --from-beginning --output json > orders.jsonl',
  ],
  data: [RECORD],
  endsOnSignal: true,
  showsTableOnParseError: true,
  removed: {
    whitelist: 'today: --include, with a Java regular expression',
    blacklist: 'today: --include, with a Java regular expression that leaves the topics out',
    zookeeper: 'today: --bootstrap-server HOST:9092, or nothing for the local broker; Kafka keeps its metadata itself',
    'new-consumer': 'today: leave it out, there is one consumer only',
    'broker-list': 'today: --bootstrap-server HOST:9092, or nothing for the local broker',
    'delete-consumer-offsets': 'today: kafka-consumer-groups --delete-offsets',
  },
  act: async (options, io) => {
    const plan = await readOrRefuse(options, io)
    return plan === null ? 1 : await consume(plan, options, io)
  },
})

/** Null when the command line was refused, with Kafka's words and without the option table. */
async function readOrRefuse(options: ConsumerOptions, io: ToolIo): Promise<ConsumerPlan | null> {
  try {
    return await readPlan(options, io)
  } catch (error) {
    if (!isKafkaFailure(error)) throw error
    io.stderr.line(error.message)
    const text = failureText(error)
    if (text !== error.message) note(io, text)
    return null
  }
}

async function consume(plan: ConsumerPlan, options: ConsumerOptions, io: ToolIo): Promise<number> {
  let source: RecordSource
  try {
    source = await openSource(plan, options.text('bootstrap-server'), io)
  } catch (error) {
    if (!isKafkaFailure(error)) throw error
    note(io, `Unknown error when running consumer: ${failureText(error)}`)
    return 1
  }
  const code = await print(source, plan, options, io)
  if (options.has('enable-systest-events')) io.stdout.line('shutdown_complete')
  return io.stop.aborted ? stopCode(io.stop) : code
}

/** Closing comes before the last line: when that is seen, the offsets are committed. */
async function print(source: RecordSource, plan: ConsumerPlan, options: ConsumerOptions, io: ToolIo): Promise<number> {
  let count = 0
  let failure: string | null = null
  try {
    const printer = new RecordPrinter(source, { ...plan, recordsMax: recordsMax(options) }, io)
    await printer.run().finally(() => {
      count = printer.count
    })
  } catch (error) {
    if (!(error instanceof FormatFailure || error instanceof OptionError)) throw error
    failure = error.message
  }
  await source.close()
  io.stderr.line(`Processed a total of ${count} messages`)
  if (failure !== null) note(io, `Unknown error when running consumer: ${failure}`)
  return failure === null ? 0 : 1
}

/** -1 is no limit; less is none at all. */
function recordsMax(options: ConsumerOptions): number {
  const given = options.int('max-messages') ?? -1
  return given === -1 ? Number.POSITIVE_INFINITY : given
}
