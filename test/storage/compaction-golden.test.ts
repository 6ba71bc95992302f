import { describe, expect, test } from 'vitest'
import { batchesIn } from '../../src/records/batch.js'
import { ManualClock } from '../support/manual-clock.js'
import { bench, DIRECTORY, everythingIn, openLog } from './a-log.js'
import { compactNow } from './compact-now.js'
import { goldenFiles, putGolden } from './golden-directory.js'

/** When Apache Kafka's cleaner looked at `tombstones-before`, by the delete horizon that it gave, a day later. */
const CLEANED_MS = 1_795_315_300_046 - 24 * 3600 * 1000

async function compacted(before: string, segmentBytes: number, indexIntervalBytes: number) {
  const on = { ...bench(), clock: new ManualClock(CLEANED_MS) }
  putGolden(on.disk, before, DIRECTORY)
  const log = openLog(on, {
    cleanupPolicy: new Set(['compact']),
    segmentBytes,
    indexIntervalBytes,
    minCleanableDirtyRatio: 0.01,
    producerIdleMs: Number.MAX_SAFE_INTEGER,
  })
  log.updateHighWatermark(log.logEndOffset)
  const end = await compactNow(log, CLEANED_MS)
  return { disk: on.disk, log, end }
}

/** Everything that the batches say, packed or not. */
function toldBy(bytes: Buffer): unknown[] {
  return [...batchesIn(bytes)].map((batch) => ({
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    attributes: batch.attributes,
    leaderEpoch: batch.partitionLeaderEpoch,
    baseTimestamp: batch.baseTimestamp,
    maxTimestamp: batch.maxTimestamp,
    producer: [batch.producerId, batch.producerEpoch, batch.baseSequence],
    isCrcValid: batch.isCrcValid(),
    records: [...batch.records()].map((record) => ({ ...record })),
  }))
}

describe("a directory as it was before Apache Kafka's cleaner had been over it", () => {
  test('becomes what that made of it: tombstones, transactions, a packed batch', async () => {
    const { disk, log, end } = await compacted('tombstones-before', 600, 100)
    const recorded = goldenFiles('tombstones-after')
    expect([end, log.cleanedOffset]).toEqual([30, 30])
    expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 8, 17, 24, 26, 28, 30])
    for (const { baseOffset } of log.segments.slice(0, -1)) {
      const name = String(baseOffset).padStart(20, '0')
      const written = disk.readFile(`${DIRECTORY}/${name}.log`)!
      expect(toldBy(written)).toEqual(toldBy(recorded.get(`${name}.log`)!))
      // gzip's own header and the packed size differ between Java and Node, and positions with it.
      if (baseOffset !== 17) expect(written.equals(recorded.get(`${name}.log`)!)).toBe(true)
      for (const suffix of baseOffset === 17 ? ['timeindex', 'txnindex'] : ['index', 'timeindex'])
        expect(disk.readFile(`${DIRECTORY}/${name}.${suffix}`), `${name}.${suffix}`).toEqual(
          recorded.get(`${name}.${suffix}`)!,
        )
    }
  })

  test('keeps the same records of keys that were written again and again', async () => {
    const { log, end } = await compacted('compacted-before', 2000, 200)
    const recorded = [...goldenFiles('data/compacted-0')].filter(([name]) => name.endsWith('.log'))
    const after = Buffer.concat(recorded.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bytes]) => bytes))
    expect(end).toBe(43)
    expect(toldBy(everythingIn(log))).toEqual(toldBy(after))
  })
})
