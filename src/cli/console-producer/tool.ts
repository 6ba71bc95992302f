import { UserError } from '../../base/user-error.js'
import { type ProducerConfig, readProducerConfig } from '../../client/producer/config.js'
import { withContext } from '../context/apply.js'
import { failureText } from '../failure-text.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { OptionError } from '../kafka-options.js'
import { defineTool, note, type ToolIo } from '../tool.js'
import { JsonParser } from './json-parser.js'
import { checkProducerOptions, PRODUCER_OPTIONS, type ProducerOptions } from './options.js'
import { produceLines } from './produce-lines.js'
import { type LineParser, RecordParser } from './record-parser.js'
import { producerSettings, readerSettings } from './settings.js'

const LINE_READER = 'org.apache.kafka.tools.LineMessageReader'

export const consoleProducerTool = defineTool({
  name: 'console-producer',
  summary: 'Sends the lines of standard input to a topic.',
  options: PRODUCER_OPTIONS,
  examples: [
    '--topic orders',
    '--topic orders --reader-property parse.key=true --reader-property key.separator=:',
    '--topic orders --compression-codec zstd < orders.txt',
    '--topic orders-copy --input json < orders.jsonl',
  ],
  endsOnSignal: true,
  showsTableOnParseError: true,
  removed: {
    'broker-list': 'today: --bootstrap-server HOST:9092, or nothing for the local broker',
    zookeeper: 'today: --bootstrap-server HOST:9092, or nothing for the local broker; Kafka keeps its metadata itself',
    'new-producer': 'today: leave it out, there is one producer only',
    'key-serializer': 'today: leave it out, keys are sent as the bytes that were read',
    'value-serializer': 'today: leave it out, values are sent as the bytes that were read',
    'queue-size': 'today: --max-memory-bytes',
    'queue-enqueuetimeout-ms': 'today: --max-block-ms',
  },
  act: async (options, io) => {
    try {
      return await run(options, io)
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      if (error instanceof OptionError) io.stderr.line(error.message)
      else note(io, failureText(error))
      return 1
    }
  },
})

async function run(options: ProducerOptions, io: ToolIo): Promise<number> {
  checkProducerOptions(options, io)
  const lineReader = options.text('line-reader') ?? LINE_READER
  if (lineReader !== LINE_READER)
    throw new JavaError('java.lang.ClassNotFoundException', `no such class: ${lineReader}`)
  const reading = readerSettings(options, options.text('topic')!, io.directory)
  const parser = readParser(options, reading)
  const config = await readConfig(options, io)
  return await produceLines({ topic: reading.get('topic')!, config, parser, isSync: options.has('sync') }, io)
}

/** @throws JavaError or UserError when lines cannot be read so. */
function readParser(options: ProducerOptions, reading: ReadonlyMap<string, string>): LineParser {
  const format = options.text('input')
  if (format === undefined) return new RecordParser(reading)
  if (format === 'json') return new JsonParser()
  throw new UserError(`--input ${format}: lines are text, or JSON`, 'today: --input json')
}

/** Nothing is started for a command line with a mistake in it. */
async function readConfig(options: ProducerOptions, io: ToolIo): Promise<ProducerConfig> {
  const flag = options.text('bootstrap-server')
  const settings = producerSettings(options, flag ?? 'localhost:9092', io.directory)
  const config = readProducerConfig(withContext(settings, flag, io))
  return { ...config, client: { ...config.client, bootstrapServers: await io.bootstrap(flag) } }
}
