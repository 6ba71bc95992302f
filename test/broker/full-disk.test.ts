import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLog } from '../../src/base/log.js'
import { Coordinator, type Machine } from '../../src/broker/coordinator.js'
import type { CoordinatorSettings } from '../../src/broker/coordinator-writing.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { DeleteRecords } from '../../src/protocol/messages/delete-records.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'
import { MemoryDisk } from '../support/memory-disk.js'

let broker: DataPathBroker
let disk: MemoryDisk
let clock: ManualClock

beforeEach(async () => {
  disk = new MemoryDisk()
  clock = new ManualClock()
  broker = await DataPathBroker.start({ clock, disk })
})
afterEach(() => broker.close())

async function produce(name: string): Promise<ErrorCode> {
  const peer = await broker.peer()
  const records = buildBatch({ records: [{ timestamp: clock.now(), key: null, value: Buffer.from('x') }] })
  const topicData = [{ name, partitionData: [{ index: 0, records }] }]
  const { responses } = await peer.call(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 5000, topicData })
  return responses[0]!.partitionResponses[0]!.errorCode
}

test('a replica that cannot be made while the disk is full is made once there is room', async () => {
  disk.freeBytes = 0
  broker.createTopic('t')
  expect(broker.partitions.hasFailed('t', 0)).toBe(true)
  expect(await produce('t')).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
  clock.advance(1000)
  expect(broker.partitions.hasFailed('t', 0)).toBe(true)
  disk.freeBytes = Number.POSITIVE_INFINITY
  clock.advance(1000)
  expect(broker.partitions.hasFailed('t', 0)).toBe(false)
  expect(await produce('t')).toBe(ErrorCode.NONE)
})

test('a topic that is deleted before there is room is not made', () => {
  disk.freeBytes = 0
  broker.createTopic('t')
  broker.deleteTopic('t')
  disk.freeBytes = Number.POSITIVE_INFINITY
  clock.advance(1000)
  expect(broker.partitions.find('t', 0)).toBeNull()
})

test('records are not deleted where that cannot be written down', async () => {
  broker.createTopic('t')
  expect(await produce('t')).toBe(ErrorCode.NONE)
  expect(await produce('t')).toBe(ErrorCode.NONE)
  const peer = await broker.peer()
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, offset: 1 }] }]
  const deleteFirst = async () =>
    (await peer.call(DeleteRecords, 2, { topics, timeoutMs: 1000 })).topics[0]!.partitions[0]!
  disk.freeBytes = 0
  expect(await deleteFirst()).toMatchObject({ errorCode: ErrorCode.KAFKA_STORAGE_ERROR, lowWatermark: -1 })
  expect(broker.partitions.find('t', 0)!.log.logStartOffset).toBe(0)
  disk.freeBytes = Number.POSITIVE_INFINITY
  expect(await deleteFirst()).toMatchObject({ errorCode: ErrorCode.NONE, lowWatermark: 1 })
})

test('a write of a coordinator that the disk does not take is not taken for committed when others come in its place', async () => {
  broker.createTopic('t')
  const partition = broker.partitions.find('t', 0)!
  disk.freeBytes = 0
  const batch = buildBatch({ records: [{ timestamp: clock.now(), key: null, value: Buffer.from('lost') }] })
  expect(partition.append(batch, { origin: 'coordinator', acks: -1 })).toMatchObject({ baseOffset: 0 })
  const outcome = partition.whenCommitted(1)
  await expect.poll(() => partition.log.failure).not.toBeNull()
  disk.freeBytes = Number.POSITIVE_INFINITY
  clock.advance(1000)
  expect(await produce('t')).toBe(ErrorCode.NONE)
  expect(partition.highWatermark).toBe(1)
  expect(await outcome).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
})

test('the end of a transaction that the disk does not take ends nothing at its coordinator', async () => {
  broker.createTopic('t')
  const endTransaction = vi.fn()
  const machine = { what: 'groups', state: {}, replay: () => null, turn: () => ({}), loaded: () => {}, endTransaction }
  const coordinator = new Coordinator({
    machine: machine as unknown as Machine<object, object, string, never>,
    settings: { loadBytesMax: 1000, writeTimeoutMs: 5000 } as CoordinatorSettings,
    ...{ partition: broker.partitions.find('t', 0)!, clock, log: silentLog },
  })
  await coordinator.load()
  const marker = { producerId: 5n, producerEpoch: 0, coordinatorEpoch: 0, isCommit: true, isVersion2: false }
  disk.freeBytes = 0
  expect(await coordinator.endTransaction(marker)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
  expect(endTransaction).not.toHaveBeenCalled()
  disk.freeBytes = Number.POSITIVE_INFINITY
  clock.advance(1000)
  expect(await coordinator.endTransaction(marker)).toBe(ErrorCode.NONE)
  expect(endTransaction).toHaveBeenCalledWith(5n, true)
})
