import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { buildBatch } from '../../src/records/builder.js'
import { type Disk, systemDisk } from '../../src/storage/disk.js'
import { DataPathBroker } from '../support/data-path-broker.js'

let broker: DataPathBroker
beforeEach(async () => {
  broker = await DataPathBroker.start()
})
afterEach(() => broker.close())

async function produce(name: string, value: string): Promise<ErrorCode> {
  const peer = await broker.peer()
  const records = buildBatch({ records: [{ timestamp: systemClock.now(), key: null, value: Buffer.from(value) }] })
  const topicData = [{ name, partitionData: [{ index: 0, records }] }]
  const { responses } = await peer.call(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 5000, topicData })
  return responses[0]!.partitionResponses[0]!.errorCode
}

/** Error and records of each topic, from an offset on. */
async function fetch(fetchOffset: number, ...topics: string[]): Promise<[ErrorCode, string][]> {
  const peer = await broker.peer()
  const { responses } = await peer.call(Fetch, 12, {
    ...{ replicaId: -1, maxWaitMs: 0, minBytes: 0 },
    topics: topics.map((topic) => ({ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1e6 }] })),
  })
  return responses.map(({ partitions: [one] }) => [one!.errorCode, one!.records?.toString('latin1') ?? ''])
}

/** Changes a byte in the first segment of a topic, as a bad disk would. */
function flip(topic: string, find: string): void {
  change(topic, (bytes) => {
    bytes[bytes.indexOf(find)]! ^= 1
  })
}

function change(topic: string, act: (bytes: Buffer) => void): void {
  const [data] = readdirSync(broker.root).filter((name) => name.startsWith('data'))
  const path = join(broker.root, data!, `${topic}-0`, '00000000000000000000.log')
  const bytes = readFileSync(path)
  act(bytes)
  writeFileSync(path, bytes)
}

test('a flipped bit is CORRUPT_MESSAGE where it lies; what is around it and other partitions are served', async () => {
  for (const topic of ['sound', 'damaged']) {
    broker.createTopic(topic)
    for (const value of ['first', 'second', 'third']) expect(await produce(topic, value)).toBe(ErrorCode.NONE)
  }
  await broker.stop()
  flip('damaged', 'second')
  await broker.open()
  const [sound, before] = await fetch(0, 'sound', 'damaged')
  expect(sound![1]).toContain('third')
  expect(before![0]).toBe(ErrorCode.NONE)
  expect(before![1]).toContain('first')
  expect(before![1]).not.toContain('third')
  expect(await fetch(1, 'damaged')).toEqual([[ErrorCode.CORRUPT_MESSAGE, '']])
  const [after] = await fetch(2, 'damaged')
  expect(after![1]).toContain('third')
  expect(await produce('damaged', 'fourth')).toBe(ErrorCode.NONE)
  const told = broker.lines.filter((line) => line.includes('is not what was written'))
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('klog broker check')
})

test('a damaged batch that a time is looked for in is CORRUPT_MESSAGE for its partition, in a request about others, too', async () => {
  for (const topic of ['sound', 'damaged']) {
    broker.createTopic(topic)
    expect(await produce(topic, 'value')).toBe(ErrorCode.NONE)
  }
  await broker.stop()
  // The first record's length; the batch's own header is sound.
  change('damaged', (bytes) => bytes.fill(0x7f, 61, 66))
  await broker.open()
  const peer = await broker.peer()
  const partitions = [{ partitionIndex: 0, timestamp: 1 }]
  const topics = ['damaged', 'sound'].map((name) => ({ name, partitions }))
  const answer = await peer.call(ListOffsets, 5, { replicaId: -1, topics })
  const found = answer.topics.map(({ partitions: [one] }) => [one!.errorCode, one!.offset])
  expect(found).toEqual([
    [ErrorCode.CORRUPT_MESSAGE, -1],
    [ErrorCode.NONE, 0],
  ])
})

test('of two copies of one partition the first is taken, the other is kept under another name, and that is said', async () => {
  await broker.close()
  broker = await DataPathBroker.start({ directories: 2 })
  for (const topic of ['t', 'u']) {
    broker.createTopic(topic)
    expect(await produce(topic, 'value')).toBe(ErrorCode.NONE)
  }
  await broker.stop()
  const home = [0, 1].find((at) => readdirSync(join(broker.root, `data-${at}`)).includes('t-0'))!
  const other = join(broker.root, `data-${1 - home}`)
  cpSync(join(broker.root, `data-${home}`, 't-0'), join(other, 't-0'), { recursive: true })
  await broker.open()
  const both = [0, 1].flatMap((at) => readdirSync(join(broker.root, `data-${at}`)))
  expect(both.filter((name) => name === 't-0')).toHaveLength(1)
  expect(both.filter((name) => /^t-0\.[0-9a-f]{32}-stray$/.test(name))).toHaveLength(1)
  expect(broker.lines.filter((line) => /t-0 lies in .*: setting the latter aside/.test(line))).toHaveLength(1)
  expect((await fetch(0, 't'))[0]![1]).toContain('value')
})

test('a partition that may not be read is KAFKA_STORAGE_ERROR, which is told in one line; other partitions are served', async () => {
  await broker.close()
  const denied: string[] = []
  const allowed = (path: string): string => {
    if (!denied.some((part) => path.includes(part))) return path
    throw Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: 'EACCES' })
  }
  const disk: Disk = {
    ...systemDisk,
    readFile: (path) => systemDisk.readFile(allowed(path)),
    list: (path) => systemDisk.list(allowed(path)),
  }
  broker = await DataPathBroker.start({ disk })
  for (const topic of ['sound', 'denied']) {
    broker.createTopic(topic)
    expect(await produce(topic, 'value')).toBe(ErrorCode.NONE)
  }
  await broker.stop()
  denied.push('denied-0')
  await broker.open()
  broker.createTopic('another')
  expect((await fetch(0, 'sound'))[0]![1]).toContain('value')
  expect(await produce('sound', 'more')).toBe(ErrorCode.NONE)
  expect(await fetch(0, 'denied')).toEqual([[ErrorCode.KAFKA_STORAGE_ERROR, '']])
  expect(await produce('denied', 'more')).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
  expect(broker.lines.filter((line) => line.includes('denied-0'))).toHaveLength(1)
})
