import { expect, test } from 'vitest'
import { segmentFileName } from '../../src/storage/file-names.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { aBatch, append, type Bench, bench, DIRECTORY, NOW, openLog } from './a-log.js'

/** The last batch of a segment has no entry of its own in the indexes. */
const CONFIG = { segmentBytes: 350, indexIntervalBytes: 100 }

const path = (baseOffset: number, suffix: 'log' | 'index' | 'timeindex'): string =>
  `${DIRECTORY}/${segmentFileName(baseOffset, suffix)}`

/** A log of twelve batches in several segments, closed in order. */
function aClosedLog(): { on: Bench; bases: number[] } {
  const on = bench()
  const log = openLog(on, CONFIG)
  for (let i = 0; i < 12; i++) append(log, { timestamp: NOW + i })
  const bases = log.segments.map(({ baseOffset }) => baseOffset)
  log.close()
  return { on, bases }
}

const afterCrash = (on: Bench): PartitionLog => openLog(on, { ...CONFIG, wasCleanShutdown: false })

test('the indexes that a recovery builds are those that the log had', () => {
  const { on, bases } = aClosedLog()
  expect(bases.length).toBeGreaterThan(2)
  const indexes = bases.flatMap((base) => [path(base, 'index'), path(base, 'timeindex')])
  const before = indexes.map((index) => on.disk.readFile(index)!)
  for (const index of indexes) on.disk.remove(index)
  afterCrash(on).close()
  expect(indexes.map((index) => on.disk.readFile(index)!)).toEqual(before)
})

test('a last segment that a power failure has left empty has no entries in its indexes either', () => {
  const { on, bases } = aClosedLog()
  const last = bases.at(-1)!
  on.disk.put(path(last, 'log'), Buffer.alloc(0))
  const log = afterCrash(on)
  expect(log.logEndOffset).toBe(last)
  for (const suffix of ['index', 'timeindex'] as const) expect(on.disk.stat(path(last, suffix))!.sizeBytes).toBe(0)
})

test('an index that ends in a part of an entry is built again when it is used', () => {
  const { on, bases } = aClosedLog()
  const index = path(bases[0]!, 'index')
  on.disk.put(index, Buffer.concat([on.disk.readFile(index)!, Buffer.from([0])]))
  const log = openLog(on, CONFIG)
  expect(log.read(2, 1, { endOffset: 12, minOneBatch: true }).firstBatchOffset).toBe(2)
  expect(on.log.lines.join()).toContain(`Building the indexes of ${path(bases[0]!, 'log')} again`)
  expect(on.disk.stat(index)!.sizeBytes % 8).toBe(0)
})

test('a snapshot of the producers that cannot be trusted is removed when it is needed, and the one before is taken', () => {
  const on = bench()
  const log = openLog(on, CONFIG)
  for (let i = 0; i < 8; i++) append(log, { producerId: 5n, producerEpoch: 0, baseSequence: i })
  log.close()
  const snapshots = (): string[] =>
    on.disk
      .list(DIRECTORY)!
      .filter((name) => name.endsWith('.snapshot'))
      .sort()
  const newest = `${DIRECTORY}/${segmentFileName(8, 'snapshot')}`
  on.disk.put(newest, on.disk.readFile(newest)!.subarray(1))
  const before = snapshots().slice(0, -1)
  expect(before).not.toEqual([])
  expect(openLog(on, CONFIG).producers.find(5n)?.lastSequence).toBe(7)
  expect(snapshots()).toEqual(before)
})

test('a log ends before a marker that cannot be read, whatever its checksum says', () => {
  const on = bench()
  const log = openLog(on, CONFIG)
  append(log)
  log.abandon()
  const records = [{ timestamp: NOW, key: Buffer.from([0]), value: null }]
  const marker = aBatch({
    baseOffset: 1,
    isControl: true,
    isTransactional: true,
    producerId: 5n,
    producerEpoch: 0,
    records,
  })
  on.disk.put(path(0, 'log'), Buffer.concat([on.disk.readFile(path(0, 'log'))!, marker]))
  expect(afterCrash(on).logEndOffset).toBe(1)
  expect(on.disk.stat(path(0, 'log'))!.sizeBytes).toBe(aBatch().length)
})
