import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Peer } from '../../src/net/peer.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { RecordBatch } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'
import { MemoryDisk } from '../support/memory-disk.js'

/** Two records, of which one has no key and a header, as kafkajs reads them; made by hand. */
const GOLDEN_BATCH =
  '000000000000000000000047ffffffff022b3eb7f10000000000010000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff' +
  '0000000210000000026b02760018000a02010476320202680278'

let broker: DataPathBroker
let peer: Peer

beforeEach(async () => {
  broker = await DataPathBroker.start()
  peer = await broker.peer()
})
afterEach(() => broker.close())

const hex = (text: string): string => text.replace(/\s/g, '')

function batch(o: Partial<Parameters<typeof buildBatch>[0]> = {}): Buffer {
  return buildBatch({
    records: [{ timestamp: broker.clock.now(), key: Buffer.from('k'), value: Buffer.from('v') }],
    ...o,
  })
}

interface Options {
  version?: number
  acks?: number
  index?: number
  timeoutMs?: number
  transactionalId?: string | null
}

function request(topic: string, records: Buffer | null, o: Options = {}) {
  const { acks = -1, index = 0, timeoutMs = 1000, transactionalId = null } = o
  return { transactionalId, acks, timeoutMs, topicData: [{ name: topic, partitionData: [{ index, records }] }] }
}

async function produce(topic: string, records: Buffer | null, o: Options = {}) {
  const answer = await peer.call(Produce, o.version ?? 9, request(topic, records, o))
  expect(answer.responses.length).toBe(1)
  expect(answer.responses[0]!.partitionResponses.length).toBe(1)
  return answer.responses[0]!.partitionResponses[0]!
}

describe('by its bytes', () => {
  const size = (GOLDEN_BATCH.length / 2).toString(16).padStart(8, '0')

  test('version 3: the batch gets offset and leader epoch, the answer the offset of its first record', async () => {
    broker.createTopic('t', { configs: { 'message.timestamp.before.max.ms': '9223372036854775807' } })
    const raw = await broker.connect()
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
    const { log } = broker.partitions.find('t', 0)!
    const read = log.read(2, 1000, { endOffset: 4, minOneBatch: true })
    expect(Buffer.concat(read.chunks).toString('hex')).toBe(
      hex(`0000000000000002 00000047 00000000 ${GOLDEN_BATCH.slice(32)}`),
    )
  })

  test("version 9, with acks=0: there is no answer, and the one that follows is the next one's", async () => {
    broker.createTopic('t')
    const raw = await broker.connect()
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
    const id = Buffer.from(broker.createTopic('t'), 'base64url').toString('hex')
    const raw = await broker.connect()
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
  broker.createTopic('t')
  const ok = { errorCode: 0, logAppendTimeMs: -1, logStartOffset: 0, recordErrors: [], errorMessage: null }
  expect(await produce('t', batch())).toMatchObject({ ...ok, index: 0, baseOffset: 0 })
  expect(await produce('t', batch(), { acks: 1 })).toMatchObject({ ...ok, baseOffset: 1 })
  expect(broker.partitions.find('t', 0)!.highWatermark).toBe(2)
})

test('a topic that stamps records itself says when', async () => {
  broker.createTopic('t', { configs: { 'message.timestamp.type': 'LogAppendTime' } })
  const before = broker.clock.now()
  const { logAppendTimeMs } = await produce('t', batch())
  expect(logAppendTimeMs).toBeGreaterThanOrEqual(before)
  const { chunks } = broker.partitions.find('t', 0)!.log.read(0, 1000, { endOffset: 1, minOneBatch: true })
  expect(new RecordBatch(chunks[0]!).maxTimestamp).toBe(logAppendTimeMs)
})

test("a change of the topic's configs holds from the next batch on", async () => {
  broker.createTopic('t')
  expect(
    (await produce('t', batch({ records: [{ timestamp: broker.clock.now(), key: null, value: Buffer.alloc(500) }] })))
      .errorCode,
  ).toBe(0)
  broker.apply({ type: 'Config', resourceType: 2, resourceName: 't', name: 'max.message.bytes', value: '100' })
  expect(
    (await produce('t', batch({ records: [{ timestamp: broker.clock.now(), key: null, value: Buffer.alloc(500) }] })))
      .errorCode,
  ).toBe(10)
})

describe('what is refused, and what the answer tells then', () => {
  beforeEach(() => {
    broker.createTopic('t')
    broker.createTopic('compacted', { configs: { 'cleanup.policy': 'compact' } })
    broker.createTopic('__consumer_offsets')
    broker.createTopic('elsewhere', { replicas: [1] })
    broker.createTopic('followed', { replicas: [1, 0], leader: 1 })
  })

  const tampered = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(batch())
    bytes[at] = value
    return bytes
  }
  const flipped = (at: number): Buffer => tampered(at, batch()[at]! ^ 1)
  const transactional = (): Buffer =>
    batch({ isTransactional: true, producerId: 5n, producerEpoch: 0, baseSequence: 0 })
  /** Its length ends it within its header; what is left is a second one that is cut off, and so is nothing. */
  const shortened = (bytes: Buffer): Buffer => {
    bytes.writeInt32BE(14, 8)
    bytes.writeInt32BE(0x7fffff, 26 + 8)
    bytes[26 + 16] = 2
    return bytes
  }
  const future = (): Buffer =>
    batch({ records: [{ timestamp: broker.clock.now() + 1e8, key: null, value: Buffer.alloc(1) }] })
  const keyless = (): Buffer =>
    batch({ records: [{ timestamp: broker.clock.now(), key: null, value: Buffer.alloc(1) }] })
  const large = (): Buffer =>
    batch({ records: [{ timestamp: broker.clock.now(), key: null, value: Buffer.alloc(1_100_000) }] })

  const cases: [string, string, () => Buffer | null, Options, number, number, string | null][] = [
    ['an unknown topic', 'nope', batch, {}, 3, -1, null],
    ['a topic name that cannot be', 'a b/c', batch, {}, 3, -1, null],
    ['a partition that the topic has not', 't', batch, { index: 7 }, 3, -1, null],
    ['a negative partition', 't', batch, { index: -1 }, 3, -1, null],
    ['acks that mean nothing', 't', batch, { acks: 2 }, 21, -1, null],
    ['acks that mean nothing, unknown topic', 'nope', batch, { acks: 2 }, 3, -1, null],
    ['an internal topic', '__consumer_offsets', batch, {}, 17, -1, null],
    ['a partition that lies elsewhere', 'elsewhere', batch, {}, 6, -1, null],
    ['a partition that another broker leads', 'followed', batch, {}, 6, -1, null],
    ['no records', 't', () => Buffer.alloc(0), {}, 87, -1, null],
    ['null records', 't', () => null, {}, 87, -1, null],
    ['two batches', 't', () => Buffer.concat([batch(), batch()]), {}, 87, -1, null],
    ['magic 1', 't', () => tampered(16, 1), {}, 87, -1, null],
    ['magic 5', 't', () => tampered(16, 5), {}, 2, -1, 'Invalid magic found in record: 5'],
    ['a wrong checksum', 't', () => flipped(18), {}, 2, -1, null],
    ['zstd from a client that cannot know it', 't', () => batch({ compression: 'zstd' }), { version: 6 }, 76, -1, null],
    ['a batch shorter than its own header', 't', () => shortened(batch()), {}, 2, -1, null],
    // Apache Kafka trips over it and answers -1.
    ['the same of a transaction', 't', () => shortened(transactional()), { transactionalId: 'x' }, 2, -1, null],
    ['a batch that is too large', 't', large, {}, 10, -1, null],
    ['a control batch', 't', () => batch({ isControl: true }), {}, 87, 0, null],
    ['a transactional batch without a transactional id', 't', transactional, {}, 53, -1, null],
    [
      'a transaction whose coordinator cannot be asked',
      't',
      transactional,
      { transactionalId: 'x' },
      19,
      -1,
      'Unable to verify the partition has been added to the transaction. Underlying error: COORDINATOR_NOT_AVAILABLE',
    ],
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
      expect(await produce(topic, records(), options)).toMatchObject({
        errorCode,
        baseOffset: -1,
        logAppendTimeMs: -1,
        logStartOffset: (options.version ?? 9) < 5 ? -1 : logStartOffset,
        errorMessage,
      })
      expect(broker.partitions.find('t', 0)!.log.logEndOffset).toBe(0)
    })
  }

  test('single records at fault are named from version 8 on', async () => {
    const { recordErrors } = await produce('compacted', keyless())
    expect(recordErrors).toEqual([
      {
        batchIndex: 0,
        batchIndexErrorMessage: 'Compacted topic cannot accept message without key in topic partition compacted-0',
      },
    ])
    expect((await produce('compacted', keyless(), { version: 7 })).recordErrors).toEqual([])
  })

  test("Kafka's own tools may write to internal topics", async () => {
    peer = await broker.peer('__admin_client')
    expect((await produce('__consumer_offsets', batch())).errorCode).toBe(0)
  })

  test('with acks=0 the connection is closed', async () => {
    for (const [topic, records] of [
      ['nope', batch()],
      ['t', flipped(18)],
    ] as const) {
      const own = await broker.peer()
      own.send(Produce, 9, request(topic, records, { acks: 0 }))
      expect(await own.closed).toMatchObject({ kind: 'closed' })
    }
  })

  test('who leads instead is told from version 10 on', async () => {
    broker.apply({
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
    const answer = await peer.call(Produce, 10, request('followed', batch()))
    expect(answer.responses[0]!.partitionResponses[0]).toMatchObject({
      errorCode: 6,
      currentLeader: { leaderId: 1, leaderEpoch: 0 },
    })
    expect(answer.nodeEndpoints).toEqual([{ nodeId: 1, host: 'other.example', port: 9093, rack: 'r1' }])
    expect((await peer.call(Produce, 9, request('followed', batch()))).nodeEndpoints).toEqual([])
  })
})

test('one bad partition does not keep the others from being appended to', async () => {
  broker.createTopic('t', { partitions: 2 })
  const answer = await peer.call(Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      { name: 'nope', partitionData: [{ index: 0, records: batch() }] },
      {
        name: 't',
        partitionData: [
          { index: 1, records: batch() },
          { index: 5, records: batch() },
          { index: 0, records: batch() },
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
  broker.createTopic('t')
  const value = (text: string): Buffer =>
    batch({ records: [{ timestamp: broker.clock.now(), key: null, value: Buffer.from(text) }] })
  const answer = await peer.call(Produce, 9, {
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
  const { chunks } = broker.partitions.find('t', 0)!.log.read(0, 1000, { endOffset: 9, minOneBatch: true })
  expect([...new RecordBatch(chunks[0]!).records()].map((record) => record.value!.toString())).toEqual(['third'])
})

test('an empty request has an empty answer', async () => {
  const answer = await peer.call(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 1000, topicData: [] })
  expect(answer.responses).toEqual([])
})

describe('idempotence', () => {
  const sequenced = (baseSequence: number, producerEpoch = 0): Buffer =>
    batch({ producerId: 7n, producerEpoch, baseSequence })

  beforeEach(() => void broker.createTopic('t'))

  test('a repeated batch is answered with its first offset, and is not appended again', async () => {
    for (let sequence = 0; sequence < 6; sequence++)
      expect((await produce('t', sequenced(sequence))).baseOffset).toBe(sequence)
    for (let sequence = 1; sequence < 6; sequence++)
      expect(await produce('t', sequenced(sequence))).toMatchObject({ errorCode: 0, baseOffset: sequence })
    expect(broker.partitions.find('t', 0)!.log.logEndOffset).toBe(6)
    // Older than the last five.
    expect(await produce('t', sequenced(0))).toMatchObject({ errorCode: 45, baseOffset: -1, logStartOffset: 0 })
  })

  test('a repeat that comes before the first is written is answered when it is written', async () => {
    const calls = [0, 0, 1, 0].map((sequence) => peer.call(Produce, 9, request('t', sequenced(sequence))))
    const answers = await Promise.all(calls)
    expect(answers.map(({ responses }) => responses[0]!.partitionResponses[0]!.baseOffset)).toEqual([0, 0, 1, 0])
  })

  test('a gap in the sequence is refused, an old epoch as well, a new epoch begins at 0', async () => {
    await produce('t', sequenced(0))
    expect((await produce('t', sequenced(9))).errorCode).toBe(45)
    expect((await produce('t', sequenced(5, 1))).errorCode).toBe(45)
    expect((await produce('t', sequenced(0, 1))).errorCode).toBe(0)
    expect((await produce('t', sequenced(1))).errorCode).toBe(47)
  })

  const errorOf = async (topic: string, sequence: number, by = peer): Promise<number> => {
    const { responses } = await by.call(Produce, 9, request(topic, sequenced(sequence)))
    return responses[0]!.partitionResponses[0]!.errorCode
  }

  test('a batch is not taken for the first where an earlier one was refused for the lack of a topic or a leader', async () => {
    expect(await errorOf('new', 0)).toBe(3)
    broker.createTopic('new')
    broker.createTopic('led', { replicas: [0, 1], leader: 1 })
    expect(await errorOf('led', 0)).toBe(6)
    broker.changePartition('led', 0, { leader: 0, isr: [0] })
    for (const topic of ['new', 'led'])
      for (const [sequence, error] of [
        [1, 45],
        [2, 45],
        [0, 0],
        [1, 0],
        [2, 0],
      ] as const)
        expect([topic, sequence, await errorOf(topic, sequence)]).toEqual([topic, sequence, error])
  })

  test('what was refused elsewhere, or for what it was, does not count', async () => {
    expect(await errorOf('new', 0)).toBe(3)
    broker.createTopic('new', { partitions: 2 })
    expect(await errorOf('new', 4, await broker.peer())).toBe(0)
    expect(await errorOf('t', 4)).toBe(0)
    broker.createTopic('small', { configs: { 'max.message.bytes': '10' } })
    expect(await errorOf('small', 0)).toBe(10)
    broker.apply({ type: 'Config', resourceType: 2, resourceName: 'small', name: 'max.message.bytes', value: '1000' })
    expect(await errorOf('small', 1)).toBe(0)
  })

  test('what was refused before anybody would still wait for it does not count', async () => {
    await broker.close()
    const clock = new ManualClock()
    broker = await DataPathBroker.start({ clock })
    peer = await broker.peer()
    expect(await errorOf('new', 0)).toBe(3)
    broker.createTopic('new')
    expect(await errorOf('new', 1)).toBe(45)
    clock.advance(300_000)
    expect(await errorOf('new', 1)).toBe(0)
  })
})

test('requests sent together are appended in the order in which they came, each once', async () => {
  broker.createTopic('t')
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, i) => {
      const records = [{ timestamp: broker.clock.now(), key: null, value: Buffer.from(String(i)) }]
      return peer.call(Produce, 9, request('t', batch({ records }), { acks: i % 2 === 0 ? 1 : -1 }))
    }),
  )
  expect(answers.map(({ responses }) => responses[0]!.partitionResponses[0]!.baseOffset)).toEqual(
    Array.from({ length: 500 }, (_, i) => i),
  )
})

describe('waiting for in-sync replicas (acks=-1)', () => {
  let clock: ManualClock

  beforeEach(async () => {
    await broker.close()
    clock = new ManualClock()
    broker = await DataPathBroker.start({ clock })
    peer = await broker.peer()
    broker.createTopic('t', { replicas: [0, 1], configs: { 'min.insync.replicas': '2' } })
  })

  async function parked(): Promise<void> {
    const { timers } = clock
    while (clock.timers === timers) await new Promise(setImmediate)
  }

  test('the answer comes when they have it, and not with acks=1', async () => {
    expect((await produce('t', batch(), { acks: 1 })).errorCode).toBe(0)
    const call = produce('t', batch(), { timeoutMs: 5000 })
    await parked()
    broker.partitions.find('t', 0)!.followerFetched(1, 1, 0)
    broker.partitions.find('t', 0)!.followerFetched(1, 2, 0)
    expect(await call).toMatchObject({ errorCode: 0, baseOffset: 1 })
  })

  test('when the time is up it is 7, and what was appended stays', async () => {
    const call = produce('t', batch(), { timeoutMs: 5000 })
    await parked()
    clock.advance(5000)
    expect(await call).toMatchObject({ errorCode: 7, baseOffset: 0 })
    expect(broker.partitions.find('t', 0)!.log.logEndOffset).toBe(1)
    expect((await produce('t', batch(), { timeoutMs: 0 })).errorCode).toBe(7)
  })

  test('no more of them are asked for than there are replicas, whatever min.insync.replicas says', async () => {
    broker.createTopic('more', { replicas: [0, 1], configs: { 'min.insync.replicas': '5' } })
    const call = produce('more', batch(), { timeoutMs: 5000 })
    await parked()
    broker.partitions.find('more', 0)!.followerFetched(1, 1, 0)
    expect(await call).toMatchObject({ errorCode: 0, baseOffset: 0 })
    broker.createTopic('fewer', { replicas: [0, 1], isr: [0], configs: { 'min.insync.replicas': '5' } })
    expect(await produce('fewer', batch())).toMatchObject({ errorCode: 19 })
  })

  test('with too few of them nothing is appended (19), with too few later it is told (20)', async () => {
    const call = produce('t', batch(), { timeoutMs: 5000 })
    await parked()
    broker.partitions.find('t', 0)!.followerFetched(1, 1, 0)
    expect((await call).errorCode).toBe(0)
    broker.changePartition('t', 0, { isr: [0] })
    expect(await produce('t', batch())).toMatchObject({ errorCode: 19, baseOffset: -1, logStartOffset: -1 })
    expect((await produce('t', batch(), { acks: 1 })).errorCode).toBe(0)
  })

  test('a leader that loses its place answers 6', async () => {
    const call = produce('t', batch(), { timeoutMs: 5000 })
    await parked()
    broker.changePartition('t', 0, { leader: 1 })
    expect((await call).errorCode).toBe(6)
  })

  test('requests that come meanwhile are appended, and answered in order', async () => {
    const calls = [1, 2, 3].map(() => produce('t', batch(), { timeoutMs: 5000 }))
    const { log } = broker.partitions.find('t', 0)!
    while (log.writtenEndOffset < 3) await new Promise(setImmediate)
    broker.partitions.find('t', 0)!.followerFetched(1, 3, 0)
    expect((await Promise.all(calls)).map(({ baseOffset }) => baseOffset)).toEqual([0, 1, 2])
  })
})

test('a topic that is deleted before its records are written takes them along', async () => {
  broker.createTopic('t')
  const { log } = broker.partitions.find('t', 0)!
  const call = produce('t', batch())
  // In the same turn of the event loop as the append.
  const append = log.append.bind(log)
  log.append = (bytes, options) => {
    const appended = append(bytes, options)
    queueMicrotask(() => broker.deleteTopic('t'))
    return appended
  }
  expect(await call).toMatchObject({ errorCode: 6, baseOffset: -1 })
})

test('a full disk refuses (56) and loses nothing that was acknowledged; later it goes on', async () => {
  await broker.close()
  const clock = new ManualClock()
  const disk = new MemoryDisk()
  broker = await DataPathBroker.start({ clock, disk })
  peer = await broker.peer()
  broker.createTopic('t')
  expect((await produce('t', batch())).errorCode).toBe(0)
  disk.freeBytes = 10
  expect(await produce('t', batch())).toMatchObject({ errorCode: 56, baseOffset: -1, logStartOffset: -1 })
  const calls = [1, 2].map(() => produce('t', batch(), { acks: 1 }))
  expect((await Promise.all(calls)).map(({ errorCode }) => errorCode)).toEqual([56, 56])
  disk.freeBytes = Number.POSITIVE_INFINITY
  clock.advance(1000)
  expect(await produce('t', batch())).toMatchObject({ errorCode: 0, baseOffset: 1 })
})
