import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { AlterReplicaLogDirs } from '../../src/protocol/messages/alter-replica-log-dirs.js'
import { DescribeLogDirs } from '../../src/protocol/messages/describe-log-dirs.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { batchesIn } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'

let broker: DataPathBroker
afterEach(() => broker.close())

const THROTTLE = 'replica.alter.log.dirs.io.max.bytes.per.second'

async function start(): Promise<void> {
  broker = await DataPathBroker.start({ directories: 2 })
}

/** Sets how fast replicas are moved; below that more has been moved already, so that they stop in the middle. */
function throttle(value: string | null): void {
  broker.apply({ type: 'Config', resourceType: 4, resourceName: '', name: THROTTLE, value })
  broker.partitions.throttles.directories.record(1_000_000)
}

function home(topic = 'orders'): number {
  return broker.partitions.directories.findIndex((directory) => directory.find(topic, 0) !== null)
}

async function move(topic: string, to: string, partition = 0): Promise<number> {
  const peer = await broker.peer()
  const dirs = [{ path: to, topics: [{ name: topic, partitions: [partition] }] }]
  const { results } = await peer.call(AlterReplicaLogDirs, 2, { dirs })
  return results[0]!.partitions[0]!.errorCode
}

async function produce(values: string[], o: { producerId?: bigint; baseSequence?: number } = {}) {
  const peer = await broker.peer()
  const records = values.map((value) => ({ timestamp: systemClock.now(), key: null, value: Buffer.from(value) }))
  const batch = buildBatch({ ...o, ...(o.producerId === undefined ? {} : { producerEpoch: 0 }), records })
  const { responses } = await peer.call(Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name: 'orders', partitionData: [{ index: 0, records: batch }] }],
  })
  return responses[0]!.partitionResponses[0]!
}

async function readAll(): Promise<string[]> {
  const peer = await broker.peer()
  const values: string[] = []
  const { log } = broker.partitions.find('orders', 0)!
  for (let offset = log.logStartOffset; offset < log.highWatermark; ) {
    const { responses } = await peer.call(Fetch, 11, {
      replicaId: -1,
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 10_000_000,
      sessionEpoch: -1,
      topics: [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 10_000_000 }] }],
    })
    for (const batch of batchesIn(responses[0]!.partitions[0]!.records as Buffer)) {
      for (const record of batch.records()) values.push(record.value!.toString())
      offset = batch.nextOffset
    }
  }
  return values
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

function pathOf(directory: number): string {
  return broker.partitions.directories[directory]!.path
}

function namesIn(directory: number): string[] {
  return readdirSync(pathOf(directory)).filter((name) => name.startsWith('orders-'))
}

describe('a replica that is moved to another directory', () => {
  test('has all its records there, and goes on', async () => {
    await start()
    broker.createTopic('orders')
    await produce(['a', 'b'])
    const from = home()
    expect(await move('orders', pathOf(1 - from))).toBe(ErrorCode.NONE)
    await until(() => home() === 1 - from)
    await produce(['c'])
    expect(await readAll()).toEqual(['a', 'b', 'c'])
    expect(namesIn(1 - from)).toEqual(['orders-0'])
    expect(namesIn(from)).toEqual([expect.stringMatching(/^orders-0\.[0-9a-f]{32}-delete$/)])
  })

  test('misses nothing of what is written meanwhile', async () => {
    await start()
    broker.createTopic('orders', { configs: { 'segment.bytes': '1048576' } })
    const from = home()
    const values: string[] = []
    const some = () => Array.from({ length: 200 }, () => `${values.push('') - 1}`.padEnd(1000, '.'))
    for (let i = 0; i < 20; i++) await produce(some())
    await move('orders', pathOf(1 - from))
    while (home() === from) await produce(some())
    await produce(some())
    const read = await readAll()
    expect(read.map((value) => Number.parseInt(value, 10))).toEqual(values.map((_, i) => i))
  })

  test('still knows its producers, its epochs and where it starts', async () => {
    await start()
    broker.createTopic('orders')
    const idempotent = { producerId: 9n, baseSequence: 0 }
    const { baseOffset } = await produce(['a', 'b'], idempotent)
    await produce(['c'])
    const partition = broker.partitions.find('orders', 0)!
    partition.deleteRecordsTo(1)
    const from = home()
    await move('orders', pathOf(1 - from))
    await until(() => home() === 1 - from)
    expect(await produce(['a', 'b'], idempotent)).toMatchObject({ errorCode: 0, baseOffset })
    expect(partition.log.logStartOffset).toBe(1)
    expect(partition.log.highWatermark).toBe(3)
    expect(partition.log.endOffsetForEpoch(0)).toEqual({ epoch: 0, endOffset: 3 })
  })

  test('shows its copy with what that lacks, until it is whole', async () => {
    await start()
    throttle('0')
    broker.createTopic('orders')
    await produce(['a', 'b', 'c'])
    const from = home()
    await move('orders', pathOf(1 - from))
    const peer = await broker.peer()
    const described = async () => {
      const { results } = await peer.call(DescribeLogDirs, 5, { topics: null })
      return results.map(({ topics }) =>
        topics.flatMap(({ partitions }) =>
          partitions.map(({ offsetLag, isFutureKey }) => ({ offsetLag, isFutureKey })),
        ),
      )
    }
    const before = await described()
    expect(before[from]).toEqual([{ offsetLag: 0, isFutureKey: false }])
    expect(before[1 - from]).toEqual([{ offsetLag: 3, isFutureKey: true }])
    expect(namesIn(1 - from)).toEqual([expect.stringMatching(/^orders-0\.[0-9a-f]{32}-future$/)])
  })

  test('goes on after a restart in the middle', async () => {
    await start()
    throttle('0')
    broker.createTopic('orders')
    await produce(['a', 'b', 'c'])
    const from = home()
    await move('orders', pathOf(1 - from))
    await broker.stop()
    await broker.open()
    expect(home()).toBe(from)
    throttle(null)
    await until(() => home() === 1 - from)
    expect(await readAll()).toEqual(['a', 'b', 'c'])
    expect(namesIn(1 - from)).toEqual(['orders-0'])
  })

  test('stays where it is when it is called back', async () => {
    await start()
    throttle('0')
    broker.createTopic('orders')
    await produce(['a'])
    const from = home()
    await move('orders', pathOf(1 - from))
    expect(await move('orders', pathOf(from))).toBe(ErrorCode.NONE)
    expect(namesIn(1 - from).some((name) => name.endsWith('-future'))).toBe(false)
    expect(home()).toBe(from)
  })

  test('takes its copy along when it is deleted', async () => {
    await start()
    throttle('0')
    broker.createTopic('orders')
    const from = home()
    await produce(['a'])
    await move('orders', pathOf(1 - from))
    broker.deleteTopic('orders')
    expect(namesIn(1 - from).some((name) => name.endsWith('-future'))).toBe(false)
  })

  test('is kept in one place when a crash left it in both', async () => {
    await start()
    broker.createTopic('orders')
    await produce(['a'])
    const from = home()
    await move('orders', pathOf(1 - from))
    await until(() => home() === 1 - from)
    await broker.stop()
    const { renameSync } = await import('node:fs')
    const doomed = readdirSync(join(broker.root, `data-${from}`)).find((name) => name.endsWith('-delete'))!
    renameSync(join(broker.root, `data-${from}`, doomed), join(broker.root, `data-${from}`, 'orders-0'))
    await broker.open()
    expect(await readAll()).toEqual(['a'])
    expect(existsSync(join(broker.root, 'data-0', 'orders-0'))).toBe(true)
    expect(existsSync(join(broker.root, 'data-1', 'orders-0'))).toBe(false)
  })
})

describe('AlterReplicaLogDirs', () => {
  test('knows the directories of the broker only, by their whole path', async () => {
    await start()
    broker.createTopic('orders')
    for (const path of ['/nowhere', 'data-1', `${pathOf(1)}/`])
      expect(await move('orders', path), path).toBe(ErrorCode.LOG_DIR_NOT_FOUND)
  })

  test('does not know the partition, or its name leaves no room for a copy', async () => {
    await start()
    broker.createTopic('orders')
    expect(await move('orders', pathOf(1), 9)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    expect(await move('a b', pathOf(1))).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    expect(await move('x'.repeat(230), pathOf(1))).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION)
  })

  test('says where a replica is to be made that is not there yet', async () => {
    await start()
    for (const [name, directory] of [
      ['later', 1],
      ['sooner', 0],
    ] as const) {
      await move(name, pathOf(directory))
      await move(name, pathOf(directory), 1)
      broker.createTopic(name, { partitions: 2 })
      expect(broker.partitions.directories[directory]!.find(name, 0)).not.toBeNull()
      expect(broker.partitions.directories[directory]!.find(name, 1)).not.toBeNull()
    }
  })
})
