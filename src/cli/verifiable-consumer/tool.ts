import { readConsumerConfig } from '../../client/consumer/config.js'
import type { ConsumedRecord } from '../../client/consumer/fetched-chunk.js'
import type { GroupSource } from '../../client/consumer/group-source.js'
import type { Position } from '../../client/consumer/positions.js'
import { RecordPolls } from '../../client/consumer/record-polls.js'
import { KafkaError } from '../../client/kafka-error.js'
import { RANGE_ASSIGNOR } from '../../client/settings/consumer.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { ArgError } from '../arg-parser.js'
import { defineArgTool } from '../arg-tool.js'
import { withContext } from '../context/apply.js'
import { tellFailure } from '../failure-text.js'
import { openGroupReader } from '../group-reader.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { printEvent } from '../json-events.js'
import { stopCode } from '../process-io.js'
import { loadProperties } from '../properties.js'
import type { ToolIo } from '../tool.js'
import { type VerifiableConsumerArgs, verifiableConsumerGrammar } from './grammar.js'

const POLL_MS = 60_000
const SESSION_MS = '30000'

export const verifiableConsumerTool = defineArgTool({
  name: 'verifiable-consumer',
  program: 'verifiable-consumer',
  summary: 'Reads a topic as a member of a group, and prints a line of JSON for everything that happens.',
  grammar: verifiableConsumerGrammar,
  helpsWithoutArguments: true,
  endsOnSignal: true,
  examples: [
    '--topic orders --group-id checkers --max-messages 100',
    '--topic orders --group-id checkers --verbose',
    '--topic orders --group-id checkers --reset-policy latest',
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

async function run(args: VerifiableConsumerArgs, io: ToolIo): Promise<number> {
  const flag = args.get('bootstrap-server')
  const read = readConsumerConfig(withContext(settings(args, flag, io), flag, io))
  const config = { ...read, client: { ...read.client, bootstrapServers: await io.bootstrap(flag) } }
  const tell = (name: string) => (partitions: readonly TopicPartition[]) =>
    printEvent(io, name, { partitions: partitions.map(({ topic, partition }) => ({ topic, partition })) })
  const listener = { onAssigned: tell('partitions_assigned'), onRevoked: tell('partitions_revoked') }
  const source = await openGroupReader(config, { names: [args.get('topic')!] }, listener, io)
  // Asked to end, it says so first; ending by itself, last.
  const onStop = (): void => printEvent(io, 'shutdown_requested')
  io.stop.addEventListener('abort', onStop)
  printEvent(io, 'startup_complete')
  const reading = new Reading(source, args, io)
  try {
    await reading.run()
  } finally {
    await source.close()
    io.stop.removeEventListener('abort', onStop)
    printEvent(io, 'shutdown_complete')
    if (!io.stop.aborted) onStop()
  }
  return io.stop.aborted ? stopCode(io.stop) : 0
}

/** What the command line says wins over the file. */
function settings(args: VerifiableConsumerArgs, bootstrap: string | undefined, io: ToolIo): Map<string, string> {
  if (args.has('consumer.config') && args.has('command-config')) {
    throw new ArgError('Options --consumer.config and --command-config are mutually exclusive.')
  }
  if (args.has('consumer.config')) {
    io.stdout.line(
      'Option --consumer.config has been deprecated and will be removed in a future version. Use --command-config instead.',
    )
  }
  const file = args.get('command-config') ?? args.get('consumer.config')
  const instance = args.get('group-instance-id')
  return new Map([
    ...(file === undefined ? [] : propertiesIn(file, io)),
    ['group.protocol', args.get('group-protocol') ?? 'classic'],
    ['partition.assignment.strategy', args.get('assignment-strategy') ?? RANGE_ASSIGNOR],
    ['session.timeout.ms', args.get('session-timeout') ?? SESSION_MS],
    ['group.id', args.get('group-id')!],
    ...(instance === undefined ? [] : [['group.instance.id', instance] as const]),
    ['bootstrap.servers', bootstrap ?? 'localhost:9092'],
    ['enable.auto.commit', String(args.has('enable-autocommit'))],
    ['auto.offset.reset', args.get('reset-policy') ?? 'earliest'],
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

class Reading {
  readonly #source: GroupSource
  readonly #args: VerifiableConsumerArgs
  readonly #io: ToolIo
  readonly #most: number
  #count = 0

  constructor(source: GroupSource, args: VerifiableConsumerArgs, io: ToolIo) {
    this.#source = source
    this.#args = args
    this.#io = io
    this.#most = args.number('max-messages') ?? -1
  }

  async run(): Promise<void> {
    const polls = new RecordPolls(this.#source)
    while (!this.#isDone() && !this.#io.stop.aborted) {
      const records = await polls.poll(POLL_MS, this.#io.stop)
      if (records.length === 0) continue
      const positions = this.#take(records)
      if (!this.#args.has('enable-autocommit')) await this.#commit(positions)
    }
  }

  #isDone(): boolean {
    return this.#most >= 0 && this.#count >= this.#most
  }

  /** Counts records up to the limit, and says how far they go. */
  #take(records: readonly ConsumedRecord[]): Position[] {
    const positions: Position[] = []
    const partitions: object[] = []
    for (const all of byPartition(records)) {
      const mine = this.#most < 0 ? all : all.slice(0, this.#most - this.#count)
      const [first, last] = [mine[0], mine.at(-1)]
      if (first === undefined || last === undefined) continue
      const { topic, partition } = first
      positions.push({ topic, partition, offset: last.offset + 1, leaderEpoch: -1 })
      partitions.push({ topic, partition, count: mine.length, minOffset: first.offset, maxOffset: last.offset })
      if (this.#args.has('verbose')) for (const record of mine) this.#show(record)
      this.#count += mine.length
    }
    printEvent(this.#io, 'records_consumed', { count: records.length, partitions })
    return positions
  }

  #show({ key, value, topic, partition, offset }: ConsumedRecord): void {
    const texts = { key: key?.toString() ?? null, value: value?.toString() ?? null }
    printEvent(this.#io, 'record_data', { ...texts, topic, partition, offset })
  }

  async #commit(positions: readonly Position[]): Promise<void> {
    const offsets = positions.map(({ topic, partition, offset }) => ({ topic, partition, offset }))
    try {
      await this.#source.commit(positions)
      printEvent(this.#io, 'offsets_committed', { offsets, success: true })
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      printEvent(this.#io, 'offsets_committed', { offsets, error: error.message, success: false })
    }
  }
}

function byPartition(records: readonly ConsumedRecord[]): Iterable<ConsumedRecord[]> {
  const partitions = new Map<string, ConsumedRecord[]>()
  for (const record of records) {
    const name = partitionName(record)
    const mine = partitions.get(name)
    if (mine === undefined) partitions.set(name, [record])
    else mine.push(record)
  }
  return partitions.values()
}
