import { expect, test } from 'vitest'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { listSnapshots } from '../../src/broker/metadata-snapshot.js'
import { MetadataSnapshots } from '../../src/broker/metadata-snapshots.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { buildBatch } from '../../src/records/builder.js'
import { bench, DIRECTORY, FROM_CLIENT, NOW, openLog } from '../storage/a-log.js'

const HOUR_MS = 3_600_000

/** A log of the metadata that gets a record now and then, and what is left of it. */
function metadata(settings: Record<string, string>) {
  const on = bench()
  const log = openLog(on, { segmentBytes: 250 })
  const config = new BrokerConfig({ nodeId: 0, settings: new Map(Object.entries(settings)) })
  const snapshots = new MetadataSnapshots({
    disk: on.disk,
    clock: on.clock,
    log,
    config,
    lines: on.log,
    voterRecordsAt: () => [],
  })
  let atMs = 0
  return {
    log,
    /** One record of 100 bytes, some time after the last one. */
    write(afterMs: number): void {
      atMs += afterMs
      const batch = buildBatch({ records: [{ timestamp: NOW + atMs, key: null, value: Buffer.alloc(32) }] })
      log.append(batch, FROM_CLIENT)
      log.flushQueued()
      log.updateHighWatermark(log.writtenEndOffset)
      const at = { offset: log.logEndOffset - 1, epoch: 0 }
      snapshots.written(batch.length, MetadataImage.empty.apply([], at), NOW + atMs)
    },
    ends: () => listSnapshots(on.disk, DIRECTORY).map(({ endOffset }) => endOffset),
  }
}

const BYTES = 'metadata.log.max.record.bytes.between.snapshots'

test('a snapshot is taken once the last one is old enough, and something was written', () => {
  const { write, ends } = metadata({ 'metadata.log.max.snapshot.interval.ms': String(HOUR_MS) })
  write(0)
  write(HOUR_MS - 1)
  expect(ends()).toEqual([])
  write(1)
  expect(ends()).toEqual([3])
  write(HOUR_MS - 1)
  expect(ends()).toEqual([3])
  write(HOUR_MS)
  expect(ends()).toEqual([3, 5])
})

test('an interval of 0 takes none by time', () => {
  const { write, ends } = metadata({ 'metadata.log.max.snapshot.interval.ms': '0' })
  for (let i = 0; i < 5; i++) write(HOUR_MS * 24)
  expect(ends()).toEqual([])
})

test('snapshots that are too old go, with the log before the next one; the newest stays however old', () => {
  const { write, ends, log } = metadata({ [BYTES]: '1', 'metadata.max.retention.ms': String(HOUR_MS) })
  for (let i = 0; i < 4; i++) write(1)
  expect(ends()).toEqual([1, 2, 3, 4])
  expect(log.logStartOffset).toBe(0)
  write(HOUR_MS)
  expect(ends()).toEqual([4, 5])
  expect(log.logStartOffset).toBe(4)
  expect(log.segments[0]!.baseOffset).toBe(4)
  write(2 * HOUR_MS)
  expect(ends()).toEqual([6])
})

test('snapshots go as long as they and the log together are too large', () => {
  const unlimited = { [BYTES]: '1', 'metadata.max.retention.bytes': '-1', 'metadata.max.retention.ms': '-1' }
  const all = metadata(unlimited)
  for (let i = 0; i < 20; i++) all.write(HOUR_MS * 1000)
  expect(all.ends()).toHaveLength(20)
  const some = metadata({ ...unlimited, 'metadata.max.retention.bytes': '1000' })
  for (let i = 0; i < 20; i++) some.write(1)
  expect(some.ends().length).toBeLessThan(8)
  expect(some.log.logStartOffset).toBe(some.ends()[0])
})
