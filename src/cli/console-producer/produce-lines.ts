import { UserError } from '../../base/user-error.js'
import { ClusterClient } from '../../client/cluster-client.js'
import type { ProducerConfig } from '../../client/producer/config.js'
import { Producer } from '../../client/producer/producer.js'
import type { ProducerRecord } from '../../client/producer/record.js'
import { ClusterRemarks } from '../cluster-remarks.js'
import { failureText } from '../failure-text.js'
import { isKafkaFailure, javaText } from '../java-error.js'
import { stopCode } from '../process-io.js'
import { note, type ToolIo } from '../tool.js'
import { lineGroups } from './input.js'
import type { LineParser } from './record-parser.js'

export interface LineWork {
  readonly topic: string
  readonly config: ProducerConfig
  readonly parser: LineParser
  /** Each line waits until the one before it has arrived, and the first that fails ends all. */
  readonly isSync: boolean
}

/** Sends every line of standard input and returns the exit code. A line that cannot be sent is told about, and no failure. */
export async function produceLines(work: LineWork, io: ToolIo): Promise<number> {
  const { topic, config } = work
  const remarks = new ClusterRemarks(io)
  const onUnreachable = remarks.unreachable.bind(remarks)
  const { clock, random } = io
  const client = await ClusterClient.open({ config: config.client, clock, random, onUnreachable })
  remarks.askingOf(client)
  const failures = new Failures(work, io)
  const listener = {
    onFailed: (record: ProducerRecord, error: Error) => failures.add(record, error),
    onTopicIssues: remarks.topicIssues.bind(remarks),
    onUnreachable,
  }
  const producer = new Producer({ client, config, random, topic, listener })
  const code = await sendAll(producer, failures, work, io)
  await producer.flush()
  producer.close()
  client.close()
  return io.stop.aborted ? stopCode(io.stop) : code
}

/** What was read before a line that makes no sense is still delivered: the caller flushes. */
async function sendAll(producer: Producer, failures: Failures, work: LineWork, io: ToolIo): Promise<number> {
  const prompt = io.stdout.isTerminal && io.stdin.isTTY === true ? () => io.stdout.write('>') : () => true
  try {
    prompt()
    for await (const lines of lineGroups(io)) {
      for (const line of lines) {
        const parsed = work.parser.parse(line)
        const record = { ...parsed, timestamp: parsed.timestamp ?? io.clock.now() }
        const room = producer.send(record, io.stop)
        if (room !== null) await room
        if (work.isSync && (await failures.hasAny(producer))) return 1
        if (io.stop.aborted) return 0
        prompt()
      }
    }
    return 0
  } catch (error) {
    if (!(isKafkaFailure(error) || error instanceof UserError)) throw error
    note(io, failureText(error))
    if (error instanceof UserError && error.nextStep !== null) note(io, error.nextStep)
    return 1
  }
}

class Failures {
  readonly #work: LineWork
  readonly #io: ToolIo
  #count = 0

  constructor(work: LineWork, io: ToolIo) {
    this.#work = work
    this.#io = io
  }

  add({ key, value }: ProducerRecord, error: Error): void {
    this.#count++
    const { topic, isSync } = this.#work
    if (isSync) note(this.#io, failureText(error))
    else {
      const what = `with key: ${sizeText(key)}, value: ${sizeText(value)}`
      note(this.#io, `Error when sending message to topic ${topic} ${what} with error: ${javaText(error)}`)
    }
  }

  async hasAny(producer: Producer): Promise<boolean> {
    await producer.flush()
    return this.#count > 0
  }
}

function sizeText(bytes: Buffer | null): string {
  return bytes === null ? 'null' : `${bytes.length} bytes`
}
