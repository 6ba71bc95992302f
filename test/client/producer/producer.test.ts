import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { systemRandom } from '../../../src/base/random.js'
import { ClusterClient } from '../../../src/client/cluster-client.js'
import { readProducerConfig } from '../../../src/client/producer/config.js'
import { Producer } from '../../../src/client/producer/producer.js'
import type { ProducerRecord } from '../../../src/client/producer/record.js'
import { ErrorCode } from '../../../src/protocol/errors.js'
import { ApiVersions } from '../../../src/protocol/messages/api-versions.js'
import { InitProducerId } from '../../../src/protocol/messages/init-producer-id.js'
import { Metadata } from '../../../src/protocol/messages/metadata.js'
import { Produce } from '../../../src/protocol/messages/produce.js'
import { RecordBatch } from '../../../src/records/batch.js'
import { ScriptedBroker } from '../../support/scripted-broker.js'

interface Sent {
  readonly partition: number
  readonly values: string[]
  readonly producerId: bigint
  readonly epoch: number
  readonly sequence: number
}
/** What the broker answers to a batch: an error code, no answer at all, or a text with the code. */
type Verdict = ErrorCode | 'close' | 'silence' | { readonly code: ErrorCode; readonly message: string }

const NEVER = new AbortController().signal
const closers: (() => void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function setUp(settings: Record<string, string> = {}, partitions = 1) {
  const broker = await ScriptedBroker.start()
  const sent: Sent[] = []
  const failed: string[] = []
  const verdicts: Verdict[] = []
  let topicError: ErrorCode = ErrorCode.NONE
  broker
    .on(ApiVersions, () => 'silence') // It answers them by itself; this only says that it knows them.
    .on(Metadata, ({ topics }) => ({
      brokers: [{ nodeId: 0, host: '127.0.0.1', port: broker.port }],
      topics: (topics ?? []).map(({ name }) => ({
        name,
        errorCode: topicError,
        partitions: topicError === ErrorCode.NONE ? Array.from({ length: partitions }, led) : [],
      })),
    }))
    .on(InitProducerId, () => ({ errorCode: 0, producerId: 9n, producerEpoch: 0 }))
    .on(Produce, ({ topicData }) => {
      const data = topicData[0]!.partitionData
      for (const { index, records } of data) sent.push(batchOf(index, records!))
      const verdict = verdicts.shift() ?? ErrorCode.NONE
      if (verdict === 'close' || verdict === 'silence') return verdict
      const answer =
        typeof verdict === 'number'
          ? { errorCode: verdict }
          : { errorCode: verdict.code, errorMessage: verdict.message }
      const partitionResponses = data.map(({ index }) => ({ index, baseOffset: 0, ...answer }))
      return { responses: [{ name: 't', topicId: topicData[0]!.topicId, partitionResponses }] }
    })
  const properties = { 'linger.ms': '0', 'retry.backoff.ms': '1', 'retry.backoff.max.ms': '1', ...settings }
  const config = readProducerConfig(new Map(Object.entries({ 'bootstrap.servers': broker.address, ...properties })))
  const client = await ClusterClient.open({ config: config.client, clock: systemClock, random: systemRandom })
  const listener = {
    onFailed: ({ value }: ProducerRecord, error: Error) => failed.push(`${value}: ${error.message}`),
    onTopicIssues: () => {},
    onUnreachable: () => {},
  }
  const producer = new Producer({ client, config, random: systemRandom, topic: 't', listener })
  closers.push(
    () => producer.close(),
    () => client.close(),
    () => broker.close(),
  )
  const send = async (value: string, key: string | null = null): Promise<void> => {
    const record = { key: key === null ? null : Buffer.from(key), value: Buffer.from(value), headers: [], timestamp: 1 }
    await producer.send(record, NEVER)
  }
  const hideTopic = (code: ErrorCode): void => {
    topicError = code
  }
  return { broker, producer, send, sent, failed, verdicts, hideTopic }
}

const led = (_: unknown, partitionIndex: number) => ({
  errorCode: 0,
  partitionIndex,
  leaderId: 0,
  replicaNodes: [0],
  isrNodes: [0],
})

function batchOf(partition: number, records: Buffer): Sent {
  const batch = new RecordBatch(records)
  const { producerId, producerEpoch: epoch, baseSequence: sequence } = batch
  return { partition, values: [...batch.records()].map(({ value }) => String(value)), producerId, epoch, sequence }
}

describe('a producer', () => {
  test('gathers records into batches, under its id and in sequence', async () => {
    const { producer, send, sent, failed } = await setUp({ 'linger.ms': '10000' })
    for (const value of ['a', 'b', 'c']) await send(value)
    await producer.flush()
    await send('d')
    await producer.flush()
    expect(sent).toEqual([
      { partition: 0, values: ['a', 'b', 'c'], producerId: 9n, epoch: 0, sequence: 0 },
      { partition: 0, values: ['d'], producerId: 9n, epoch: 0, sequence: 3 },
    ])
    expect(failed).toEqual([])
  })

  test('sends a full batch without being told to', async () => {
    const { producer, send, sent } = await setUp({ 'linger.ms': '10000', 'batch.size': '250' })
    for (const value of ['a', 'b', 'c']) await send(value.repeat(60))
    await expect.poll(() => sent.length).toBe(1)
    producer.close()
  })

  test.each([
    ['acks', '1'],
    ['retries', '0'],
    ['enable.idempotence', 'false'],
  ])('has no id with %s=%s', async (name, value) => {
    const { broker, producer, send, sent } = await setUp({ [name]: value })
    await send('a')
    await producer.flush()
    expect(sent).toEqual([{ partition: 0, values: ['a'], producerId: -1n, epoch: -1, sequence: -1 }])
    expect(broker.timesAsked(InitProducerId)).toBe(0)
  })

  test('waits for no answer with acks=0', async () => {
    const { producer, send, sent, failed, verdicts } = await setUp({ acks: '0' })
    verdicts.push('silence')
    await send('a')
    await producer.flush()
    expect(sent).toHaveLength(1)
    expect(failed).toEqual([])
  })

  test('chooses partitions by the hash of Java for keys', async () => {
    const { producer, send, sent } = await setUp({}, 6)
    for (const key of ['a', 'key', 'foobar', 'abc', '21', 'user-42', '']) {
      await send(key, key)
      await producer.flush()
    }
    expect(sent.map(({ values, partition }) => [values[0], partition])).toEqual([
      ['a', 4],
      ['key', 1],
      ['foobar', 0],
      ['abc', 3],
      ['21', 0],
      ['user-42', 4],
      ['', 3],
    ])
  })

  test('stays with one partition without keys, until a batch is full of it', async () => {
    const { producer, send, sent } = await setUp({ 'batch.size': '500', 'linger.ms': '10000' }, 3)
    for (let i = 0; i < 30; i++) await send(`${i}`.padStart(20, '0'))
    await producer.flush()
    expect(new Set(sent.map(({ partition }) => partition)).size).toBeGreaterThan(1)
    expect(sent.flatMap(({ values }) => values)).toHaveLength(30)
    expect(sent.length).toBeLessThanOrEqual(6)
  })

  test('sends again what could not be taken now, under the same sequence', async () => {
    const { producer, send, sent, failed, verdicts } = await setUp()
    verdicts.push(ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NOT_ENOUGH_REPLICAS)
    await send('a')
    await producer.flush()
    expect(sent.map(({ sequence }) => sequence)).toEqual([0, 0, 0])
    expect(failed).toEqual([])
  })

  test('sends again what got no answer, and takes a duplicate for arrived', async () => {
    const { producer, send, sent, failed, verdicts } = await setUp()
    verdicts.push('close', ErrorCode.DUPLICATE_SEQUENCE_NUMBER)
    await send('a')
    await producer.flush()
    expect(sent.map(({ sequence }) => sequence)).toEqual([0, 0])
    expect(failed).toEqual([])
  })

  test('keeps the order of what was under way when something has to be sent again', async () => {
    const { producer, send, sent, failed, verdicts } = await setUp({ 'batch.size': '1' })
    verdicts.push(
      ErrorCode.NOT_LEADER_OR_FOLLOWER,
      ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
      ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    )
    for (const value of ['a', 'b', 'c']) await send(value)
    await producer.flush()
    expect(sent.slice(3).map(({ values, sequence }) => [values[0], sequence])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ])
    expect(failed).toEqual([])
  })

  test('numbers on without a gap after a batch that was refused for good', async () => {
    const { producer, send, sent, failed, verdicts } = await setUp({ 'batch.size': '1' })
    verdicts.push(ErrorCode.INVALID_TIMESTAMP, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    for (const value of ['a', 'b']) await send(value)
    await producer.flush()
    expect(sent.at(-1)).toMatchObject({ values: ['b'], sequence: 0, epoch: 0 })
    expect(failed).toEqual([expect.stringMatching(/^a: /)])
  })

  test('takes another epoch when the broker and it disagree about the sequence', async () => {
    const { producer, send, sent, failed, verdicts } = await setUp()
    verdicts.push(ErrorCode.NONE, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    for (const value of ['a', 'b']) {
      await send(value)
      await producer.flush()
    }
    expect(sent.map(({ epoch, sequence }) => [epoch, sequence])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
    ])
    expect(failed).toEqual([])
  })

  test('takes another epoch after giving up what may have arrived', async () => {
    const { producer, send, sent, failed, verdicts } = await setUp({ retries: '1' })
    verdicts.push('close', 'close')
    await send('a')
    await producer.flush()
    expect(failed).toEqual(['a: Disconnected from node 0'])
    await send('b')
    await producer.flush()
    expect(sent.at(-1)).toMatchObject({ values: ['b'], epoch: 1, sequence: 0 })
  })

  test('splits a batch that is larger than the broker takes', async () => {
    const { producer, send, sent, failed, verdicts } = await setUp({ 'linger.ms': '10000' })
    verdicts.push(ErrorCode.MESSAGE_TOO_LARGE)
    for (const value of ['a', 'b', 'c']) await send(value)
    await producer.flush()
    expect(sent.slice(1).map(({ values, sequence }) => [values.join(''), sequence])).toEqual([
      ['ab', 0],
      ['c', 2],
    ])
    expect(failed).toEqual([])
  })

  test('tells of a record that is larger than the broker takes, in the words of Kafka', async () => {
    const { producer, send, failed, verdicts } = await setUp()
    verdicts.push(ErrorCode.MESSAGE_TOO_LARGE)
    await send('a')
    await producer.flush()
    expect(failed).toEqual([
      'a: The request included a message larger than the max message size the server will accept.',
    ])
  })

  test('tells what the broker told', async () => {
    const { producer, send, failed, verdicts } = await setUp()
    verdicts.push({ code: ErrorCode.INVALID_RECORD, message: 'no key' })
    await send('a')
    await producer.flush()
    expect(failed).toEqual(['a: no key'])
  })

  test('refuses a record that no request may hold', async () => {
    const { send, sent, failed } = await setUp({ 'max.request.size': '50' })
    await send('x'.repeat(200), 'key')
    expect(failed[0]).toMatch(
      /The message is 289 bytes when serialized which is larger than 50, which is the value of the max\.request\.size configuration\.$/,
    )
    expect(sent).toEqual([])
  })

  test('gives up after the time for a delivery', async () => {
    const { producer, send, failed, verdicts } = await setUp({
      'delivery.timeout.ms': '300',
      'request.timeout.ms': '100',
    })
    verdicts.push(...Array<Verdict>(1000).fill('close'))
    await send('a')
    await producer.flush()
    expect(failed).toHaveLength(1)
  })

  test('waits for the topic as long as it may, then says so', async () => {
    const { producer, send, failed, hideTopic } = await setUp({ 'max.block.ms': '50' })
    hideTopic(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    await send('a')
    expect(failed).toEqual(['a: Topic t not present in metadata after 50 ms.'])
    hideTopic(ErrorCode.NONE)
    await send('b')
    await producer.flush()
    expect(failed).toHaveLength(1)
  })

  test('does not wait for a topic that can never be', async () => {
    const { send, failed, hideTopic } = await setUp()
    hideTopic(ErrorCode.INVALID_TOPIC_EXCEPTION)
    await send('a')
    expect(failed).toEqual(['a: Invalid topics: [t]'])
  })

  test('fails at once where it may not have an id', async () => {
    const { broker, producer, send, failed } = await setUp()
    const refusal = { errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED, producerId: -1n, producerEpoch: -1 }
    broker.on(InitProducerId, () => refusal)
    await send('a')
    await producer.flush()
    expect(failed).toEqual(['a: Cluster authorization failed.'])
  })

  test('asks its sender to wait when it holds enough', async () => {
    const { producer, sent } = await setUp({ 'buffer.memory': '2000', 'linger.ms': '10000' })
    const record = { key: null, value: Buffer.alloc(700), headers: [], timestamp: 1 }
    await producer.send(record, NEVER)
    expect(producer.send(record, NEVER)).toBeNull()
    await producer.send(record, NEVER)
    expect(sent.length).toBeGreaterThan(0)
  })
})
