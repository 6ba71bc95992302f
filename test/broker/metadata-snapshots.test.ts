import { expect, test } from 'vitest'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { listSnapshots, readSnapshot } from '../../src/broker/metadata-snapshot.js'
import { MetadataSnapshots } from '../../src/broker/metadata-snapshots.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { MetadataRecord } from '../../src/cluster/records.js'
import { bench, DIRECTORY, NOW, openLog } from '../storage/a-log.js'
import { ManualClock } from '../support/manual-clock.js'

const TOPIC_ID = 'TwucjEwJTPGVXFi2BrhVwg'
const BATCH_RECORDS = 1000
const BATCHES = 6

/** Each look at it takes so long that a slice has no room for two steps. */
class PassingClock extends ManualClock {
  override monotonicMs(): number {
    this.advance(5)
    return super.monotonicMs()
  }
}

function imageOf(partitions: number): MetadataImage {
  const replicas = { replicas: [0], isr: [0], removingReplicas: [], addingReplicas: [] }
  const records = Array.from(
    { length: partitions },
    (_, partitionId): MetadataRecord => ({
      type: 'Partition',
      partitionId,
      topicId: TOPIC_ID,
      ...replicas,
      leader: 0,
      leaderEpoch: 0,
      partitionEpoch: 0,
    }),
  )
  const topic: MetadataRecord = { type: 'Topic', name: 'many', topicId: TOPIC_ID }
  return MetadataImage.empty.apply([topic, ...records], { offset: partitions, epoch: 1 })
}

function setUp(bytesBetween = '1') {
  const on = { ...bench(), clock: new PassingClock(NOW) }
  const log = openLog(on)
  const settings = new Map([['metadata.log.max.record.bytes.between.snapshots', bytesBetween]])
  const config = new BrokerConfig({ nodeId: 0, settings })
  const options = { disk: on.disk, clock: on.clock, log, config, lines: on.log, voterRecordsAt: () => [] }
  const snapshots = new MetadataSnapshots(options)
  const pass = async (): Promise<void> => {
    on.clock.advance(1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const checkpoints = (): string[] => on.disk.list(DIRECTORY)!.filter((name) => name.includes('.checkpoint'))
  return { ...on, snapshots, pass, checkpoints, lines: () => on.log.lines }
}

test('a snapshot of many partitions is written a batch at a time, and others have their turn after each', async () => {
  const { snapshots, pass, disk } = setUp()
  const image = imageOf(BATCHES * BATCH_RECORDS)
  snapshots.written(10, image, NOW)
  let turns = 0
  for (; listSnapshots(disk, DIRECTORY).length === 0; turns++) {
    snapshots.written(10, image, NOW)
    await pass()
  }
  expect(turns).toBeGreaterThanOrEqual(BATCHES)
  const [id] = listSnapshots(disk, DIRECTORY)
  const read = MetadataImage.empty.apply(readSnapshot(disk, DIRECTORY, id!), { offset: image.offset, epoch: 1 })
  expect(read.parts).toEqual(image.parts)
})

test('one that is still being written when the broker stops is left out, with everything of it', async () => {
  const { snapshots, pass, checkpoints } = setUp()
  snapshots.written(10, imageOf(BATCHES * BATCH_RECORDS), NOW)
  await pass()
  expect(checkpoints().map((name) => name.slice(-4))).toEqual(['.tmp'])
  snapshots.close()
  for (let turn = 0; turn < BATCHES; turn++) await pass()
  expect(checkpoints()).toEqual([])
})

test('an orderly stop leaves one where the next start would have much to read otherwise', () => {
  const { snapshots, checkpoints, lines } = setUp('1000000000')
  const image = imageOf(10)
  snapshots.written(1000, image, NOW)
  snapshots.settle(image, NOW)
  expect(checkpoints()).toEqual([])
  snapshots.written(1_000_000, image, NOW)
  expect(checkpoints()).toEqual([])
  snapshots.settle(image, NOW)
  expect(checkpoints().length).toBe(1)
  snapshots.settle(imageOf(11), NOW)
  expect(checkpoints().length).toBe(1)
  expect(lines()).toEqual([])
})

test('one of few partitions is there at once', () => {
  const { snapshots, checkpoints } = setUp()
  snapshots.written(10, imageOf(BATCH_RECORDS / 2), NOW)
  expect(checkpoints().length).toBe(1)
})
