import { ClusterClient } from '../../client/cluster-client.js'
import { constructed } from '../../client/construction.js'
import { type ProducerConfig, readProducerConfig } from '../../client/producer/config.js'
import { Producer } from '../../client/producer/producer.js'
import type { ProducerRecord } from '../../client/producer/record.js'
import { doubleText } from '../../protocol/configs/java-double.js'
import { ArgError } from '../arg-parser.js'
import { defineArgTool } from '../arg-tool.js'
import { ClusterRemarks } from '../cluster-remarks.js'
import { withContext } from '../context/apply.js'
import { tellFailure } from '../failure-text.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { printEvent } from '../json-events.js'
import { stopCode } from '../process-io.js'
import { loadProperties } from '../properties.js'
import { Throttle } from '../throttle.js'
import type { ToolIo } from '../tool.js'
import { type VerifiableProducerArgs, verifiableProducerGrammar } from './grammar.js'

export const verifiableProducerTool = defineArgTool({
  name: 'verifiable-producer',
  program: 'verifiable-producer',
  summary: 'Sends numbers, and prints a line of JSON for each that has arrived.',
  grammar: verifiableProducerGrammar,
  helpsWithoutArguments: true,
  endsOnSignal: true,
  examples: [
    '--topic orders --max-messages 100',
    '--topic orders --throughput 10 --repeating-keys 5',
    '--topic orders --max-messages 100 --acks 1',
  ],
  act: async (_, args, io) => {
    try {
      return await run(args, io)
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      tellFailure(error, io)
      return 1
    }
  },
})

async function run(args: VerifiableProducerArgs, io: ToolIo): Promise<number> {
  const flag = args.get('bootstrap-server')
  const read = readProducerConfig(withContext(settings(args, flag, io), flag, io))
  const config = { ...read, client: { ...read.client, bootstrapServers: await io.bootstrap(flag) } }
  const session = new Session(args, io)
  const { producer, client } = await open(session, args.get('topic')!, config, io)
  try {
    printEvent(io, 'startup_complete')
    await session.send(producer)
    await producer.flush()
  } finally {
    producer.close()
    client.close()
  }
  session.end()
  return io.stop.aborted ? stopCode(io.stop) : 0
}

/** What the file says wins over the command line. */
function settings(args: VerifiableProducerArgs, bootstrap: string | undefined, io: ToolIo): Map<string, string> {
  if (args.has('producer.config') && args.has('command-config')) {
    throw new ArgError('Options --producer.config and --command-config are mutually exclusive.')
  }
  if (args.has('producer.config')) {
    io.stdout.line(
      'Option --producer.config has been deprecated and will be removed in a future version. Use --command-config instead.',
    )
  }
  const file = args.get('command-config') ?? args.get('producer.config')
  return new Map([
    ['bootstrap.servers', bootstrap ?? 'localhost:9092'],
    ['acks', args.get('acks') ?? '-1'],
    ['retries', '0'],
    ...(file === undefined ? [] : propertiesIn(file, io)),
  ])
}

/** A file that cannot be read is a mistake on the command line here. @throws ArgError */
function propertiesIn(path: string, io: ToolIo): Map<string, string> {
  try {
    return loadProperties(path, io.directory)
  } catch (error) {
    throw error instanceof JavaError ? new ArgError(error.message) : error
  }
}

async function open(
  session: Session,
  topic: string,
  config: ProducerConfig,
  io: ToolIo,
): Promise<{ producer: Producer; client: ClusterClient }> {
  const { clock, random } = io
  const remarks = new ClusterRemarks(io)
  const onUnreachable = remarks.unreachable.bind(remarks)
  const opening = ClusterClient.open({ config: config.client, clock, random, onUnreachable })
  const client = await constructed('producer', opening)
  const listener = {
    onArrived: (records: readonly ProducerRecord[], partition: number, baseOffset: number) =>
      session.arrived(records, partition, baseOffset),
    onFailed: (record: ProducerRecord, error: Error) => session.failed(record, error),
    onTopicIssues: remarks.topicIssues.bind(remarks),
    onUnreachable,
  }
  return { producer: new Producer({ client, config, random, topic, listener }), client }
}

class Session {
  readonly #args: VerifiableProducerArgs
  readonly #io: ToolIo
  readonly #startMs: number
  readonly #throughput: number
  #createMs: number | null
  #sent = 0
  #acked = 0

  constructor(args: VerifiableProducerArgs, io: ToolIo) {
    this.#args = args
    this.#io = io
    this.#startMs = io.clock.now()
    this.#throughput = args.number('throughput') ?? -1
    const createMs = args.number('message-create-time') ?? -1
    this.#createMs = createMs === -1 ? null : createMs
  }

  async send(producer: Producer): Promise<void> {
    const { clock, stop } = this.#io
    const most = this.#args.number('max-messages') ?? -1
    const throttle = new Throttle(this.#throughput, this.#startMs, clock)
    for (let i = 0; (most < 0 || i < most) && !stop.aborted; i++) {
      const now = clock.now()
      const room = producer.send(this.#record(i, now), stop)
      this.#sent++
      if (room !== null) await room
      if (throttle.isDue(i, now)) await throttle.pause(stop)
    }
  }

  arrived(records: readonly ProducerRecord[], partition: number, baseOffset: number): void {
    for (const [i, record] of records.entries()) {
      this.#acked++
      const offset = baseOffset < 0 ? -1 : baseOffset + i
      const topic = this.#args.get('topic')!
      printEvent(this.#io, 'producer_send_success', { ...textsOf(record), offset, topic, partition })
    }
  }

  failed(record: ProducerRecord, error: Error): void {
    const topic = this.#args.get('topic')!
    const { javaClass } = error as { javaClass?: unknown }
    const exception = `class ${typeof javaClass === 'string' ? javaClass : error.name}`
    printEvent(this.#io, 'producer_send_error', { topic, ...textsOf(record), exception, message: error.message })
  }

  end(): void {
    printEvent(this.#io, 'shutdown_complete')
    const elapsedMs = this.#io.clock.now() - this.#startMs
    const counts = { sent: this.#sent, acked: this.#acked, target_throughput: this.#throughput }
    const average = doubleText((1000 * this.#acked) / Math.max(1, elapsedMs))
    const text = JSON.stringify({ timestamp: this.#io.clock.now(), name: 'tool_data', ...counts })
    // A whole number has a fraction too, as Java writes it.
    this.#io.stdout.line(`${text.slice(0, -1)},"avg_throughput":${average}}`)
  }

  /**
   * Keys begin again after as many as were asked for, if any. Times that were asked for grow by how long it has been
   * running, with every record.
   */
  #record(index: number, now: number): ProducerRecord {
    const keys = this.#args.number('repeating-keys')
    const prefix = this.#args.get('value-prefix')
    const timestamp = this.#createMs ?? now
    if (this.#createMs !== null) this.#createMs += now - this.#startMs
    return {
      key: keys === undefined ? null : Buffer.from(String(keys > 0 ? index % keys : index)),
      value: Buffer.from(prefix === undefined ? String(index) : `${Number(prefix)}.${index}`),
      headers: [],
      timestamp,
    }
  }
}

function textsOf({ key, value }: ProducerRecord): { key: string | null; value: string | null } {
  return { key: key?.toString() ?? null, value: value?.toString() ?? null }
}
