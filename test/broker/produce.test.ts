import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Produce } from '../../src/protocol/messages/produce.js'
import { RecordBatch } from '../../src/records/batch.js'
import { ManualClock } from '../support/manual-clock.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { ProduceBench, type ProduceOptions, request } from './produce-bench.js'

/** Two records, of which one has no key and a header, as kafkajs reads them; made by hand. */
const GOLDEN_BATCH =
  '000000000000000000000047ffffffff022b3eb7f10000000000010000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff' +
  '0000000210000000026b02760018000a02010476320202680278'

const UNVERIFIED =
  'Unable to verify the partition has been added to the transaction. Underlying error: COORDINATOR_NOT_AVAILABLE'

let on: ProduceBench

beforeEach(async () => {
  on = await ProduceBench.start()
})
afterEach(() => on.close())

const hex = (text: string): string => text.replace(/\s/g, '')

describe('by its bytes', () => {
  const size = (GOLDEN_BATCH.length / 2).toString(16).padStart(8, '0')

  test('version 3: the batch gets offset and leader epoch, the answer the offset of its first record', async () => {
    on.broker.createTopic('t', { configs: { 'message.timestamp.before.max.ms': '9223372036854775807' } })
    const raw = await on.broker.connect()
    for (const [correlation, offset] of [
      ['00000001', '0000000000000000'],
      ['00000002', '0000000000000002'],
    ]) {
      raw.sendFrame(
        `0000 0003 ${correlation} 0001 63 ffff 0001 000003e8 00000001 0001 74 00000001 00000000 ${size} ${GOLDEN_BATCH}`,
      )
      expect((await raw.frame())!.toString('hex')).toBe(
        hex(`${correlation} 00000001 0001 74 00000001 00000000 0000 ${offset} ffffffffffffffff 00000000`),
      )
    }
    const { log } = on.broker.partitions.find('t', 0)!
    const read = log.read(2, 1000, { endOffset: 4, minOneBatch: true })
    expect(Buffer.concat(read.chunks).toString('hex')).toBe(
      hex(`0000000000000002 00000047 00000000 ${GOLDEN_BATCH.slice(32)}`),
    )
  })

  test("version 9, with acks=0: there is no answer, and the one that follows is the next one's", async () => {
    on.broker.createTopic('t')
    const raw = await on.broker.connect()
    const compactSize = (GOLDEN_BATCH.length / 2 + 1).toString(16)
    const head = (correlation: string): string => `0000 0009 ${correlation} 0001 63 00`
    const body = (acks: string): string =>
      `00 ${acks} 000003e8 02 02 74 02 00000000 ${compactSize} ${GOLDEN_BATCH} 00 00 00`
    raw.sendFrame(`${head('00000001')} ${body('0000')}`)
    raw.sendFrame(`${head('00000002')} ${body('0001')}`)
    expect((await raw.frame())!.toString('hex')).toBe(
      hex(
        `00000002 00 02 02 74 02 00000000 0000 0000000000000002 ffffffffffffffff 0000000000000000 01 00 00 00 00000000 00`,
      ),
    )
  })

  test('version 13 names the topic by its id', async () => {
    const id = Buffer.from(on.broker.createTopic('t'), 'base64url').toString('hex')
    const raw = await on.broker.connect()
    const compactSize = (GOLDEN_BATCH.length / 2 + 1).toString(16)
    const ask = (topicId: string): void =>
      raw.sendFrame(
        `0000 000d 00000001 0001 63 00 00 ffff 000003e8 02 ${topicId} 02 00000000 ${compactSize} ${GOLDEN_BATCH} 00 00 00`,
      )
    ask(id)
    expect((await raw.frame())!.toString('hex')).toBe(
      hex(
        `00000001 00 02 ${id} 02 00000000 0000 0000000000000000 ffffffffffffffff 0000000000000000 01 00 00 00 00000000 00`,
      ),
    )
    const unknown = '00000000000000000000000000000009'
    ask(unknown)
    expect((await raw.frame())!.toString('hex')).toBe(
      hex(
        `00000001 00 02 ${unknown} 02 00000000 0064 ffffffffffffffff ffffffffffffffff ffffffffffffffff 01 00 00 00 00000000 00`,
      ),
    )
  })
})

test('an accepted batch is acknowledged with its offset, log start and no append time', async () => {
  on.broker.createTopic('t')
  const ok = { errorCode: 0, logAppendTimeMs: -1, logStartOffset: 0, recordErrors: [], errorMessage: null }
  expect(await on.produce('t', on.batch())).toMatchObject({ ...ok, index: 0, baseOffset: 0 })
  expect(await on.produce('t', on.batch(), { acks: 1 })).toMatchObject({ ...ok, baseOffset: 1 })
  expect(on.broker.partitions.find('t', 0)!.highWatermark).toBe(2)
})

test('a topic that stamps records itself says when', async () => {
  on.broker.createTopic('t', { configs: { 'message.timestamp.type': 'LogAppendTime' } })
  const before = on.broker.clock.now()
  const { logAppendTimeMs } = await on.produce('t', on.batch())
  expect(logAppendTimeMs).toBeGreaterThanOrEqual(before)
  const { chunks } = on.broker.partitions.find('t', 0)!.log.read(0, 1000, { endOffset: 1, minOneBatch: true })
  expect(new RecordBatch(chunks[0]!).maxTimestamp).toBe(logAppendTimeMs)
})

test("a change of the topic's configs holds from the next batch on", async () => {
  on.broker.createTopic('t')
  expect(
    (
      await on.produce(
        't',
        on.batch({ records: [{ timestamp: on.broker.clock.now(), key: null, value: Buffer.alloc(500) }] }),
      )
    ).errorCode,
  ).toBe(0)
  on.broker.apply({ type: 'Config', resourceType: 2, resourceName: 't', name: 'max.message.bytes', value: '100' })
  expect(
    (
      await on.produce(
        't',
        on.batch({ records: [{ timestamp: on.broker.clock.now(), key: null, value: Buffer.alloc(500) }] }),
      )
    ).errorCode,
  ).toBe(10)
})

describe('what is refused, and what the answer tells then', () => {
  beforeEach(() => {
    on.broker.createTopic('t')
    on.broker.createTopic('compacted', { configs: { 'cleanup.policy': 'compact' } })
    on.broker.createTopic('__consumer_offsets')
    on.broker.createTopic('elsewhere', { replicas: [1] })
    on.broker.createTopic('followed', { replicas: [1, 0], leader: 1 })
  })

  const tampered = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(on.batch())
    bytes[at] = value
    return bytes
  }
  const flipped = (at: number): Buffer => tampered(at, on.batch()[at]! ^ 1)
  const transactional = (): Buffer =>
    on.batch({ isTransactional: true, producerId: 5n, producerEpoch: 0, baseSequence: 0 })
  /** Its length ends it within its header, and nothing follows. */
  const shortened = (bytes: Buffer, length: number): Buffer => {
    bytes.writeInt32BE(length, 8)
    return bytes.subarray(0, 12 + length)
  }
  const cutOff = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length - 1)
  const future = (): Buffer =>
    on.batch({ records: [{ timestamp: on.broker.clock.now() + 1e8, key: null, value: Buffer.alloc(1) }] })
  const keyless = (): Buffer =>
    on.batch({ records: [{ timestamp: on.broker.clock.now(), key: null, value: Buffer.alloc(1) }] })
  const large = (): Buffer =>
    on.batch({ records: [{ timestamp: on.broker.clock.now(), key: null, value: Buffer.alloc(1_100_000) }] })

  const plain = (): Buffer => on.batch()
  const producer = { producerId: 5n, baseSequence: 0 }

  const cases: [string, string, () => Buffer | null, ProduceOptions, number, number, string | null][] = [
    ['an unknown topic', 'nope', plain, {}, 3, -1, null],
    ['a topic name that cannot be', 'a b/c', plain, {}, 3, -1, null],
    ['a partition that the topic has not', 't', plain, { index: 7 }, 3, -1, null],
    ['a negative partition', 't', plain, { index: -1 }, 3, -1, null],
    ['acks that mean nothing', 't', plain, { acks: 2 }, 21, -1, null],
    ['acks that mean nothing, unknown topic', 'nope', plain, { acks: 2 }, 3, -1, null],
    ['an internal topic', '__consumer_offsets', plain, {}, 17, -1, null],
    ['a partition that lies elsewhere', 'elsewhere', plain, {}, 6, -1, null],
    ['a partition that another broker leads', 'followed', plain, {}, 6, -1, null],
    ['no records', 't', () => Buffer.alloc(0), {}, 87, -1, null],
    ['null records', 't', () => null, {}, 87, -1, null],
    ['two batches', 't', () => Buffer.concat([on.batch(), on.batch()]), {}, 87, -1, null],
    ['magic 1', 't', () => tampered(16, 1), {}, 87, -1, null],
    ['magic 5', 't', () => tampered(16, 5), {}, 2, -1, 'Invalid magic found in record: 5'],
    ['a wrong checksum', 't', () => flipped(18), {}, 2, -1, null],
    [
      'zstd from a client that cannot know it',
      't',
      () => on.batch({ compression: 'zstd' }),
      { version: 6 },
      76,
      -1,
      null,
    ],
    ['a batch shorter than its own header', 't', () => shortened(plain(), 39), {}, 2, -1, null],
    ['one that ends before its producer does', 't', () => shortened(plain(), 38), {}, -1, -1, null],
    ['the same of a transaction', 't', () => shortened(transactional(), 38), { transactionalId: 'x' }, -1, -1, null],
    [
      'one that ends before its sequence',
      't',
      () => shortened(transactional(), 44),
      { transactionalId: 'x' },
      -1,
      -1,
      null,
    ],
    [
      'one that ends after its sequence',
      't',
      () => shortened(transactional(), 45),
      { transactionalId: 'x' },
      2,
      -1,
      null,
    ],
    ['a batch that is too large', 't', large, {}, 10, -1, null],
    ['a control batch', 't', () => on.batch({ isControl: true }), {}, 87, 0, null],
    ['a transactional batch without a transactional id', 't', transactional, {}, 53, -1, null],
    ['a transactional batch that is cut off', 't', () => cutOff(transactional()), {}, 87, -1, null],
    ['a transactional batch, however short', 't', () => shortened(transactional(), 14), {}, 53, -1, null],
    ['a producer epoch below that of nobody', 't', () => on.batch({ ...producer, producerEpoch: -2 }), {}, 47, 0, null],
    [
      'a transaction whose coordinator cannot be asked',
      't',
      transactional,
      { transactionalId: 'x' },
      19,
      -1,
      UNVERIFIED,
    ],
    ['the same with acks that mean nothing', 't', transactional, { transactionalId: 'x', acks: 2 }, 19, -1, UNVERIFIED],
    ['a record of tomorrow', 't', future, {}, 32, 0, 'One or more records have been rejected due to invalid timestamp'],
    [
      'a record without key in a compacted topic',
      'compacted',
      keyless,
      {},
      87,
      0,
      expect.stringContaining('due to 1 record errors in total') as unknown as string,
    ],
  ]
  for (const [name, topic, records, options, errorCode, logStartOffset, errorMessage] of cases) {
    test(`${name}: ${errorCode}`, async () => {
      expect(await on.produce(topic, records(), options)).toMatchObject({
        errorCode,
        baseOffset: -1,
        logAppendTimeMs: -1,
        logStartOffset: (options.version ?? 9) < 5 ? -1 : logStartOffset,
        errorMessage,
      })
      expect(on.broker.partitions.find('t', 0)!.log.logEndOffset).toBe(0)
    })
  }

  test('a batch of a transaction that is of no producer is taken: there is nobody whose transaction it could be', async () => {
    const nobodys = on.batch({ isTransactional: true, baseSequence: 0 })
    expect(await on.produce('t', nobodys, { transactionalId: 'x' })).toMatchObject({ errorCode: 0, baseOffset: 0 })
  })

  test('what ends before its producer does spoils the other partitions of its request, if its topic is known', async () => {
    const answers = async (name: string): Promise<number[]> => {
      const topicData = [
        { name, partitionData: [{ index: 0, records: shortened(plain(), 20) }] },
        { name: 'compacted', partitionData: [{ index: 0, records: plain() }] },
      ]
      const answer = await on.peer.call(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 1000, topicData })
      return answer.responses.map(({ partitionResponses }) => partitionResponses[0]!.errorCode)
    }
    expect(await answers('t')).toEqual([-1, -1])
    expect(await answers('nope')).toEqual([3, 0])
  })

  test('single records at fault are named from version 8 on', async () => {
    const { recordErrors } = await on.produce('compacted', keyless())
    expect(recordErrors).toEqual([
      {
        batchIndex: 0,
        batchIndexErrorMessage: 'Compacted topic cannot accept message without key in topic partition compacted-0',
      },
    ])
    expect((await on.produce('compacted', keyless(), { version: 7 })).recordErrors).toEqual([])
  })

  test("Kafka's own tools may write to internal topics", async () => {
    const tool = await on.broker.peer('__admin_client')
    const { responses } = await tool.call(Produce, 9, request('__consumer_offsets', on.batch()))
    expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
  })

  test('with acks=0 the connection is closed', async () => {
    for (const [topic, records] of [
      ['nope', on.batch()],
      ['t', flipped(18)],
    ] as const) {
      const own = await on.broker.peer()
      own.send(Produce, 9, request(topic, records, { acks: 0 }))
      expect(await own.closed).toMatchObject({ kind: 'closed' })
    }
  })

  test('who leads instead is told from version 10 on', async () => {
    on.broker.apply({
      type: 'RegisterBroker',
      brokerId: 1,
      isMigratingZkBroker: false,
      incarnationId: 'AAAAAAAAAAAAAAAAAAAABA',
      brokerEpoch: 1,
      endPoints: [{ name: 'PLAINTEXT', host: 'other.example', port: 9093, securityProtocol: 0 }],
      features: [],
      rack: 'r1',
      fenced: false,
    })
    const answer = await on.peer.call(Produce, 10, request('followed', on.batch()))
    expect(answer.responses[0]!.partitionResponses[0]).toMatchObject({
      errorCode: 6,
      currentLeader: { leaderId: 1, leaderEpoch: 0 },
    })
    expect(answer.nodeEndpoints).toEqual([{ nodeId: 1, host: 'other.example', port: 9093, rack: 'r1' }])
    expect((await on.peer.call(Produce, 9, request('followed', on.batch()))).nodeEndpoints).toEqual([])
  })
})

test('one bad partition does not keep the others from being appended to', async () => {
  on.broker.createTopic('t', { partitions: 2 })
  const answer = await on.peer.call(Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      { name: 'nope', partitionData: [{ index: 0, records: on.batch() }] },
      {
        name: 't',
        partitionData: [
          { index: 1, records: on.batch() },
          { index: 5, records: on.batch() },
          { index: 0, records: on.batch() },
        ],
      },
    ],
  })
  expect(
    answer.responses.map(({ name, partitionResponses }) => [
      name,
      partitionResponses.map(({ index, errorCode }) => [index, errorCode]),
    ]),
  ).toEqual([
    ['nope', [[0, 3]]],
    [
      't',
      [
        [1, 0],
        [5, 3],
        [0, 0],
      ],
    ],
  ])
})

test('of two entries for one partition only the last is appended, and one answer is given', async () => {
  on.broker.createTopic('t')
  const value = (text: string): Buffer =>
    on.batch({ records: [{ timestamp: on.broker.clock.now(), key: null, value: Buffer.from(text) }] })
  const answer = await on.peer.call(Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      {
        name: 't',
        partitionData: [
          { index: 0, records: value('first') },
          { index: 0, records: value('second') },
        ],
      },
      { name: 't', partitionData: [{ index: 0, records: value('third') }] },
    ],
  })
  expect(answer.responses.length).toBe(1)
  expect(answer.responses[0]!.partitionResponses).toMatchObject([{ index: 0, errorCode: 0, baseOffset: 0 }])
  const { chunks } = on.broker.partitions.find('t', 0)!.log.read(0, 1000, { endOffset: 9, minOneBatch: true })
  expect([...new RecordBatch(chunks[0]!).records()].map((record) => record.value!.toString())).toEqual(['third'])
})

test('an empty request has an empty answer', async () => {
  const answer = await on.peer.call(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 1000, topicData: [] })
  expect(answer.responses).toEqual([])
})

test('requests sent together are appended in the order in which they came, each once', async () => {
  on.broker.createTopic('t')
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, i) => {
      const records = [{ timestamp: on.broker.clock.now(), key: null, value: Buffer.from(String(i)) }]
      return on.peer.call(Produce, 9, request('t', on.batch({ records }), { acks: i % 2 === 0 ? 1 : -1 }))
    }),
  )
  expect(answers.map(({ responses }) => responses[0]!.partitionResponses[0]!.baseOffset)).toEqual(
    Array.from({ length: 500 }, (_, i) => i),
  )
})

test('a topic that is deleted before its records are written takes them along', async () => {
  on.broker.createTopic('t')
  const { log } = on.broker.partitions.find('t', 0)!
  const call = on.produce('t', on.batch())
  // In the same turn of the event loop as the append.
  const append = log.append.bind(log)
  log.append = (bytes, options) => {
    const appended = append(bytes, options)
    queueMicrotask(() => on.broker.deleteTopic('t'))
    return appended
  }
  expect(await call).toMatchObject({ errorCode: 6, baseOffset: -1 })
})

test('a full disk refuses (56) and loses nothing that was acknowledged; later it goes on', async () => {
  await on.close()
  const clock = new ManualClock()
  const disk = new MemoryDisk()
  on = await ProduceBench.start({ clock, disk })
  on.broker.createTopic('t')
  expect((await on.produce('t', on.batch())).errorCode).toBe(0)
  disk.freeBytes = 10
  expect(await on.produce('t', on.batch())).toMatchObject({ errorCode: 56, baseOffset: -1, logStartOffset: -1 })
  const calls = [1, 2].map(() => on.produce('t', on.batch(), { acks: 1 }))
  expect((await Promise.all(calls)).map(({ errorCode }) => errorCode)).toEqual([56, 56])
  disk.freeBytes = Number.POSITIVE_INFINITY
  clock.advance(1000)
  expect(await on.produce('t', on.batch())).toMatchObject({ errorCode: 0, baseOffset: 1 })
})
