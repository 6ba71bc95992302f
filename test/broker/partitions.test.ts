import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ACKS_ALL, type CommitResult, type Partition } from '../../src/broker/partition.js'
import { RecordBatch } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

let broker: DataPathBroker
afterEach(() => broker.close())

function batch(value = 'v'): Buffer {
  return buildBatch({ records: [{ timestamp: broker.clock.now(), key: null, value: Buffer.from(value) }] })
}

function names(directory = 0): string[] {
  return readdirSync(join(broker.root, `data-${directory}`)).filter(
    (name) => name.includes('-') && !name.includes('checkpoint'),
  )
}

async function append(topic: string, count: number, index = 0): Promise<Partition> {
  const partition = broker.partitions.find(topic, index)!
  for (let i = 0; i < count; i++) expect(partition.append(batch(), { origin: 'client' })).toHaveProperty('baseOffset')
  await partition.whenWritten()
  return partition
}

describe('what the metadata says', () => {
  test('replicas of this broker are made, with the id of their topic, others are not', async () => {
    broker = await DataPathBroker.start()
    const id = broker.createTopic('t', { partitions: 2 })
    broker.createTopic('elsewhere', { replicas: [1] })
    expect(names().sort()).toEqual(['t-0', 't-1'])
    expect(broker.partitions.findById(id, 1)).toBe(broker.partitions.find('t', 1))
    expect(broker.partitions.find('elsewhere', 0)).toBeNull()
    expect([...broker.partitions.all()].length).toBe(2)
  })

  test('partitions that are added are made too', async () => {
    broker = await DataPathBroker.start()
    const topicId = broker.createTopic('t')
    const replicas = { replicas: [0], isr: [0], removingReplicas: [], addingReplicas: [] }
    broker.apply({
      type: 'Partition',
      partitionId: 1,
      topicId,
      ...replicas,
      leader: 0,
      leaderEpoch: 0,
      partitionEpoch: 0,
    })
    expect(broker.partitions.find('t', 1)!.isLeader).toBe(true)
  })

  test('roles are told as they change, and to a late listener as they are', async () => {
    broker = await DataPathBroker.start()
    const told: string[] = []
    const stop = broker.partitions.onLeadership(({ topic, leaderEpoch }, role) =>
      told.push(`${topic} ${role} ${leaderEpoch}`),
    )
    broker.createTopic('t', { replicas: [0, 1] })
    broker.createTopic('f', { replicas: [1, 0], leader: 1 })
    broker.changePartition('t', 0, { isr: [0] })
    broker.changePartition('t', 0, { leader: 1 })
    broker.changePartition('t', 0, { leader: 0 })
    broker.changePartition('t', 0, { leader: 0 })
    broker.deleteTopic('t')
    expect(told).toEqual(['t leader 0', 'f follower 0', 't follower 1', 't leader 2', 't leader 3', 't gone 3'])
    const late: string[] = []
    broker.partitions.onLeadership(({ topic }, role) => late.push(`${topic} ${role}`))
    expect(late).toEqual(['f follower'])
    stop()
    broker.deleteTopic('f')
    expect(told.length).toBe(6)
  })

  test('a topic that is deleted is gone at once, its files after file.delete.delay.ms', async () => {
    const clock = new ManualClock()
    broker = await DataPathBroker.start({ clock })
    broker.createTopic('t', { configs: { 'file.delete.delay.ms': '5000' } })
    const partition = await append('t', 3)
    broker.deleteTopic('t')
    expect(broker.partitions.find('t', 0)).toBeNull()
    expect(partition.append(batch(), { origin: 'client' })).toEqual({ error: 6 })
    expect(names()).toEqual([expect.stringMatching(/^t-0\.[0-9a-f]{32}-delete$/)])
    broker.createTopic('t')
    expect((await append('t', 1)).log.logEndOffset).toBe(1)
    clock.advance(5000)
    while (names().length > 1) await new Promise(setImmediate)
    expect(names()).toEqual(['t-0'])
  })

  test('new replicas go where the fewest are', async () => {
    broker = await DataPathBroker.start({ directories: 3 })
    broker.createTopic('t', { partitions: 7 })
    expect([0, 1, 2].map((directory) => names(directory).length)).toEqual([3, 2, 2])
    broker.deleteTopic('t')
    broker.createTopic('u', { partitions: 3 })
    expect([0, 1, 2].map((directory) => names(directory).filter((name) => name.startsWith('u')).length)).toEqual([
      1, 1, 1,
    ])
  })

  test('a changed topic config holds at once, and so does a default of the broker', async () => {
    broker = await DataPathBroker.start()
    broker.createTopic('t')
    broker.createTopic('u')
    const { log } = broker.partitions.find('t', 0)!
    const set = (resourceName: string, value: string | null): void =>
      broker.apply({ type: 'Config', resourceType: 2, resourceName, name: 'retention.ms', value })
    set('t', '1234')
    expect(log.config.retentionMs).toBe(1234)
    expect(broker.partitions.find('u', 0)!.log.config.retentionMs).toBe(604_800_000)
    set('t', null)
    expect(log.config.retentionMs).toBe(604_800_000)
  })
})

describe('what survives', () => {
  test('an orderly stop: records, high watermark, log start, and who is where', async () => {
    broker = await DataPathBroker.start({ directories: 2 })
    broker.createTopic('t', { partitions: 2 })
    await append('t', 5)
    broker.partitions.find('t', 0)!.deleteRecordsTo(2)
    await append('t', 1, 1)
    const before = [names(0), names(1)]
    await broker.stop()
    expect(existsSync(join(broker.root, 'data-0/.kafka_cleanshutdown'))).toBe(true)
    await broker.open()
    expect([names(0), names(1)]).toEqual(before)
    const { log, highWatermark, isLeader } = broker.partitions.find('t', 0)!
    expect([log.logStartOffset, log.logEndOffset, highWatermark, isLeader]).toEqual([2, 5, 5, true])
    expect((await append('t', 1)).log.logEndOffset).toBe(6)
  })

  test('a crash: everything that was written', async () => {
    broker = await DataPathBroker.start()
    broker.createTopic('t')
    await append('t', 5)
    broker.partitions.abandon()
    await broker.stop()
    await broker.open()
    const { log, highWatermark } = broker.partitions.find('t', 0)!
    expect([log.logEndOffset, highWatermark]).toEqual([5, 5])
  })

  test('a high watermark behind the end, where a follower lacks something', async () => {
    broker = await DataPathBroker.start()
    broker.createTopic('t', { replicas: [0, 1] })
    await append('t', 5)
    broker.partitions.find('t', 0)!.followerFetched(1, 3, 0)
    await broker.stop()
    await broker.open()
    expect(broker.partitions.find('t', 0)!.highWatermark).toBe(3)
  })

  test('replicas that the metadata does not know are set aside at the start, not removed', async () => {
    broker = await DataPathBroker.start()
    broker.createTopic('t')
    broker.createTopic('gone')
    await append('t', 3)
    await append('gone', 3)
    await broker.stop()
    broker.forget('gone')
    broker.replaceId('t')
    await broker.open()
    expect(names().sort()).toEqual([
      expect.stringMatching(/^gone-0\.[0-9a-f]{32}-stray$/),
      't-0',
      expect.stringMatching(/^t-0\.[0-9a-f]{32}-stray$/),
    ])
    expect(broker.partitions.find('t', 0)!.log.logEndOffset).toBe(0)
  })

  test('a log that cannot be opened takes none of the others along', async () => {
    broker = await DataPathBroker.start()
    mkdirSync(join(broker.root, 'data-0/t-1/00000000000000000000.log'), { recursive: true })
    writeFileSync(join(broker.root, 'data-0/t-1/partition.metadata'), '')
    broker.createTopic('t', { partitions: 2 })
    expect(broker.partitions.find('t', 0)).not.toBeNull()
    expect(broker.partitions.find('t', 1)).toBeNull()
    expect(broker.partitions.hasFailed('t', 1)).toBe(true)
    expect(broker.lines.some((line) => line.includes('t-1 cannot be opened'))).toBe(true)
  })
})

describe('a leader', () => {
  test('stamps its epoch on what it appends', async () => {
    broker = await DataPathBroker.start()
    broker.createTopic('t')
    broker.changePartition('t', 0, { leader: 0 })
    const { log } = await append('t', 1)
    expect(
      new RecordBatch(log.read(0, 1000, { endOffset: 1, minOneBatch: true }).chunks[0]!).partitionLeaderEpoch,
    ).toBe(1)
  })

  test('commits for a coordinator when every in-sync replica has the batch', async () => {
    broker = await DataPathBroker.start()
    broker.createTopic('t', { replicas: [0, 1] })
    const partition = broker.partitions.find('t', 0)!
    let result: unknown = null
    const committed = appendAndCommit(partition, batch()).then((value) => {
      result = value
    })
    await partition.whenWritten()
    await new Promise(setImmediate)
    expect(result).toBeNull()
    partition.followerFetched(1, 1, 0)
    await committed
    expect(result).toEqual({ baseOffset: 0 })
  })

  test('does not take what it could not commit, and says when leadership is lost on the way', async () => {
    broker = await DataPathBroker.start()
    broker.createTopic('t', { replicas: [0, 1], configs: { 'min.insync.replicas': '2' } })
    const partition = broker.partitions.find('t', 0)!
    const lost = appendAndCommit(partition, batch())
    broker.changePartition('t', 0, { leader: 1 })
    expect(await lost).toEqual({ error: 6 })
    broker.changePartition('t', 0, { leader: 0, isr: [0] })
    expect(await appendAndCommit(partition, batch())).toEqual({ error: 19 })
    expect(await partition.append(batch(), { origin: 'client', acks: 1 })).toHaveProperty('baseOffset')
  })

  test('says so when in-sync replicas were lost after the append', async () => {
    broker = await DataPathBroker.start()
    broker.createTopic('t', { replicas: [0, 1, 2], configs: { 'min.insync.replicas': '2' } })
    const partition = broker.partitions.find('t', 0)!
    const pending = appendAndCommit(partition, batch())
    await partition.whenWritten()
    partition.followerFetched(1, 1, 0)
    partition.followerFetched(2, 1, 0)
    expect(await pending).toEqual({ baseOffset: 0 })
    expect(partition.commitOutcome(1)).toBe(0)
    broker.changePartition('t', 0, { isr: [0] })
    expect(partition.commitOutcome(1)).toBe(20)
  })
})

/** As coordinators do: resolves when every in-sync replica has it. */
async function appendAndCommit(partition: Partition, bytes: Buffer): Promise<CommitResult> {
  const appended = partition.append(bytes, { origin: 'coordinator', acks: ACKS_ALL })
  if (appended.error !== undefined) return appended
  const error = await partition.whenCommitted(appended.lastOffset + 1)
  return error === 0 ? { baseOffset: appended.baseOffset } : { error }
}
