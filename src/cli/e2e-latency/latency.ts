import { isCallFailure } from '../../client/call-failure.js'
import { ClusterClient } from '../../client/cluster-client.js'
import { type ConsumerConfig, readConsumerConfig } from '../../client/consumer/config.js'
import type { ConsumedRecord } from '../../client/consumer/fetched-chunk.js'
import { PartitionSource } from '../../client/consumer/partition-source.js'
import { RecordPolls } from '../../client/consumer/record-polls.js'
import { LATEST, listOffsets } from '../../client/log-offsets.js'
import { type ProducerConfig, readProducerConfig } from '../../client/producer/config.js'
import { Producer } from '../../client/producer/producer.js'
import type { ProducerRecord } from '../../client/producer/record.js'
import { TopicLeaders } from '../../client/topic-leaders.js'
import { createTopic, listTopics } from '../../client/topics.js'
import { ClusterRemarks } from '../cluster-remarks.js'
import { executionException, JavaError, runtimeException } from '../java-error.js'
import type { ToolIo } from '../tool.js'
import { difference } from './difference.js'

export interface LatencyPlan {
  readonly topic: string
  readonly recordCount: number
  /** With `bootstrap.servers`; for producer, consumer and the rest alike. */
  readonly properties: ReadonlyMap<string, string>
  readonly acks: string
  nextRecord(): Omit<ProducerRecord, 'timestamp'>
  /** Tells what is no latency. */
  remark(text: string): void
}

const POLL_MS = 60_000
/** Without end. */
const BLOCK_MS = '9223372036854775807'

/** Sends one record after the other, each when the one before has been read; tells how long each took, in milliseconds. */
export async function measure(plan: LatencyPlan, io: ToolIo, tell: (index: number, ms: number) => void): Promise<void> {
  const { properties, topic } = plan
  const consumerConfig = readConsumerConfig(new Map([...properties, ['fetch.max.wait.ms', '0']]))
  const producerConfig = readProducerConfig(
    new Map([...properties, ['linger.ms', '0'], ['max.block.ms', BLOCK_MS], ['acks', plan.acks]]),
  )
  const remarks = new ClusterRemarks(io)
  const source = await openAtEnd(consumerConfig, plan, remarks, io)
  const sender = await Sender.open(producerConfig, topic, remarks, io)
  try {
    const polls = new RecordPolls(source)
    for (let i = 0; i < plan.recordCount && !io.stop.aborted; i++) {
      const record = { ...plan.nextRecord(), timestamp: io.clock.now() }
      const startMs = io.clock.monotonicMs()
      await sender.send(record)
      const found = await polls.poll(POLL_MS, io.stop)
      if (io.stop.aborted) return
      const elapsedMs = io.clock.monotonicMs() - startMs
      check(record, found)
      tell(i, elapsedMs)
    }
  } finally {
    sender.close()
    await source.close()
  }
}

/** What is in the topic already is none of ours. */
async function openAtEnd(
  config: ConsumerConfig,
  plan: LatencyPlan,
  remarks: ClusterRemarks,
  io: ToolIo,
): Promise<PartitionSource> {
  const { topic } = plan
  const { clock, random } = io
  const onUnreachable = remarks.unreachable.bind(remarks)
  const client = await ClusterClient.open({ config: config.client, clock, random, onUnreachable })
  const known = (await listTopics(client)).find(({ name }) => name === topic)
  if (known === undefined) await makeTopic(client, topic, plan)
  const partitions = (known?.partitions ?? [0]).map((partition) => ({ topic, partition }))
  const ends = await listOffsets(
    client,
    partitions.map((partition) => ({ ...partition, timestamp: LATEST })),
    config.client.apiTimeoutMs,
    false,
  )
  const leaders = new TopicLeaders(client, { createsTopics: false })
  const starts = [...ends.values()].map(({ partition, offset }) => ({ topic, partition, start: offset ?? 0 }))
  return new PartitionSource({ client, config, random, leaders, onUnreachable }, starts)
}

async function makeTopic(client: ClusterClient, name: string, plan: LatencyPlan): Promise<void> {
  plan.remark(`Topic "${name}" does not exist. Will create topic with 1 partition(s) and replication factor = 1`)
  try {
    await createTopic(client, { name, partitionCount: 1, replicationFactor: 1, assignments: [], configs: new Map() })
  } catch (error) {
    if (!isCallFailure(error)) throw error
    plan.remark(`Creation of topic ${name} failed`)
    throw runtimeException(executionException(error))
  }
}

class Sender {
  readonly #client: ClusterClient
  readonly #producer: Producer
  readonly #stop: AbortSignal
  #failure: Error | null = null

  private constructor(
    client: ClusterClient,
    config: ProducerConfig,
    topic: string,
    remarks: ClusterRemarks,
    io: ToolIo,
  ) {
    this.#client = client
    this.#stop = io.stop
    const listener = {
      onFailed: (_: ProducerRecord, error: Error) => {
        this.#failure = error
      },
      onTopicIssues: remarks.topicIssues.bind(remarks),
      onUnreachable: remarks.unreachable.bind(remarks),
    }
    this.#producer = new Producer({ client, config, random: io.random, topic, listener })
  }

  static async open(config: ProducerConfig, topic: string, remarks: ClusterRemarks, io: ToolIo): Promise<Sender> {
    const { clock, random } = io
    const onUnreachable = remarks.unreachable.bind(remarks)
    const client = await ClusterClient.open({ config: config.client, clock, random, onUnreachable })
    return new Sender(client, config, topic, remarks, io)
  }

  /** Returns when the record has arrived. @throws the reason if it did not */
  async send(record: ProducerRecord): Promise<void> {
    await this.#producer.send(record, this.#stop)
    await this.#producer.flush()
    if (this.#failure !== null) throw this.#failure
  }

  close(): void {
    this.#producer.close()
    this.#client.close()
  }
}

/** @throws JavaError unless what came is what was sent, and nothing else came. */
function check(sent: ProducerRecord, found: readonly ConsumedRecord[]): void {
  const [record] = found
  if (record === undefined) throw failed(`poll() timed out before finding a result (timeout:[${POLL_MS}ms])`)
  const complaint = difference(sent, record)
  if (complaint !== null) throw failed(complaint)
  if (found.length > 1) {
    throw failed(`Only one result was expected during this test. We found [${found.length}]`)
  }
}

function failed(message: string): JavaError {
  return new JavaError('java.lang.RuntimeException', message)
}
