import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { DescribeLogDirs } from '../../src/protocol/messages/describe-log-dirs.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { failingDisk } from '../support/failing-disk.js'

let broker: DataPathBroker
afterEach(() => broker.close())

async function produce(name: string): Promise<number> {
  const peer = await broker.peer()
  const records = buildBatch({ records: [{ timestamp: systemClock.now(), key: null, value: Buffer.from('x') }] })
  const topicData = [{ name, partitionData: [{ index: 0, records }] }]
  const { responses } = await peer.call(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 5000, topicData })
  return responses[0]!.partitionResponses[0]!.errorCode
}

const KAFKA_STORAGE_ERROR = 56

test('a directory whose device fails goes offline with everything in it, and the others serve on', async () => {
  const { disk, failing } = failingDisk()
  broker = await DataPathBroker.start({ directories: 2, disk })
  const [first, second] = broker.partitions.directories
  for (const topic of ['a', 'b', 'c', 'd']) broker.createTopic(topic)
  const inFirst = [...first!.logs].map(({ topic }) => topic)
  const inSecond = [...second!.logs].map(({ topic }) => topic)
  expect([inFirst.length, inSecond.length]).toEqual([2, 2])
  for (const topic of [...inFirst, ...inSecond]) expect(await produce(topic)).toBe(0)
  failing.add(join(broker.root, 'data-0'))

  expect(await produce(inFirst[0]!)).toBe(KAFKA_STORAGE_ERROR)
  expect(await produce(inFirst[1]!)).toBe(KAFKA_STORAGE_ERROR)
  for (const topic of inSecond) expect(await produce(topic)).toBe(0)

  const peer = await broker.peer()
  const { results } = await peer.call(DescribeLogDirs, 5, { topics: null })
  expect(results[0]).toMatchObject({ errorCode: KAFKA_STORAGE_ERROR, topics: [], totalBytes: -1, usableBytes: -1 })
  expect(results[1]!.topics.map(({ name }) => name).sort()).toEqual([...inSecond].sort())
  const asked = { topics: [{ name: inFirst[0]!, partitions: [{ partitionIndex: 0, timestamp: -1 }] }] }
  const offsets = await peer.call(ListOffsets, 5, { replicaId: -1, ...asked })
  expect(offsets.topics[0]!.partitions[0]!.errorCode).toBe(KAFKA_STORAGE_ERROR)
})

test('new replicas go to the directories that are left, and deleting a topic forgets what cannot be reached', async () => {
  const { disk, failing } = failingDisk()
  broker = await DataPathBroker.start({ directories: 2, disk })
  broker.createTopic('a')
  const [first, second] = broker.partitions.directories
  const lost = first!.find('a', 0) === null ? 1 : 0
  failing.add(join(broker.root, `data-${lost}`))
  expect(await produce('a')).toBe(KAFKA_STORAGE_ERROR)
  broker.createTopic('b', { partitions: 3 })
  const left = [first!, second!][1 - lost]!
  expect([...left.logs].map(({ topic, partition }) => `${topic}-${partition}`).sort()).toEqual(['b-0', 'b-1', 'b-2'])
  broker.deleteTopic('a')
  broker.createTopic('a')
  expect(await produce('a')).toBe(0)
})
