import { describe, expect, test } from 'vitest'
import { RecordBatch } from '../../src/records/batch.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { aBatch, append, bench, NOW, openLog } from './a-log.js'

const LIMITS = { endOffset: Number.MAX_SAFE_INTEGER, minOneBatch: true }

describe('reading', () => {
  test('begins with the batch that holds the offset, whole', () => {
    const log = openLog(bench())
    for (let i = 0; i < 5; i++) append(log, { count: 10 })
    expect(log.read(25, 10_000, LIMITS)).toMatchObject({ firstBatchOffset: 20, nextOffset: 50 })
    expect(log.read(20, 10_000, LIMITS)).toMatchObject({ firstBatchOffset: 20, nextOffset: 50 })
    expect(log.read(50, 10_000, LIMITS)).toMatchObject({ firstBatchOffset: -1, nextOffset: 50, sizeBytes: 0 })
  })

  test('gives no more bytes than asked for, and only whole batches; the first one always, when that is wanted', () => {
    const on = bench()
    const size = aBatch().length
    for (const isCold of [false, true]) {
      const log = openLog(on)
      if (!isCold) for (let i = 0; i < 5; i++) append(log)
      expect(log.read(1, 2 * size + 1, LIMITS)).toMatchObject({ sizeBytes: 2 * size, nextOffset: 3 })
      expect(log.read(1, size - 1, LIMITS)).toMatchObject({ sizeBytes: size, nextOffset: 2 })
      expect(log.read(1, 0, LIMITS)).toMatchObject({ sizeBytes: size, nextOffset: 2 })
      expect(log.read(1, size - 1, { ...LIMITS, minOneBatch: false })).toMatchObject({ sizeBytes: 0, nextOffset: 1 })
      log.close()
    }
  })

  test('goes nowhere beyond the bound, not even with part of a batch', () => {
    const on = bench()
    for (const isCold of [false, true]) {
      const log = openLog(on)
      if (!isCold) for (let i = 0; i < 5; i++) append(log, { count: 10 })
      expect(log.read(0, 10_000, { ...LIMITS, endOffset: 30 })).toMatchObject({ nextOffset: 30 })
      expect(log.read(0, 10_000, { ...LIMITS, endOffset: 35 })).toMatchObject({ nextOffset: 30 })
      expect(log.read(30, 10_000, { ...LIMITS, endOffset: 35 })).toMatchObject({ nextOffset: 30, sizeBytes: 0 })
      expect(log.read(40, 10_000, { ...LIMITS, endOffset: 30 })).toMatchObject({ nextOffset: 40, sizeBytes: 0 })
      log.close()
    }
  })

  test('a batch larger than what is read at once is found and returned whole', () => {
    const on = bench()
    const first = openLog(on)
    append(first)
    append(first, { valueBytes: 300_000 })
    append(first)
    first.close()
    const log = openLog(on)
    expect(log.read(1, 100, LIMITS)).toMatchObject({ firstBatchOffset: 1, nextOffset: 2 })
    expect(log.read(0, 200, LIMITS)).toMatchObject({ firstBatchOffset: 0, nextOffset: 1 })
    expect(log.read(2, 200, LIMITS)).toMatchObject({ firstBatchOffset: 2, nextOffset: 3 })
  })

  test('memory that was given back is not that of a read that goes on', () => {
    const log = openLog(bench())
    append(log)
    const read = log.read(0, 1000, LIMITS)
    read.release()
    read.release()
    expect(new RecordBatch(log.read(0, 1000, LIMITS).chunks[0]!).isCrcValid()).toBe(true)
  })

  test('an offset that the log does not have is a mistake of the caller', () => {
    const log = openLog(bench())
    append(log)
    expect(() => log.read(2, 100, LIMITS)).toThrow()
    expect(() => log.read(-1, 100, LIMITS)).toThrow()
  })

  test('what a read would find can be known by its size alone', () => {
    const on = bench()
    const size = aBatch({ count: 10 }).length
    for (const isCold of [false, true]) {
      const log = openLog(on, { segmentBytes: 2 * size })
      if (!isCold) for (let i = 0; i < 5; i++) append(log, { count: 10 })
      expect(log.bytesBetween(0, 50)).toBe(5 * size)
      expect(log.bytesBetween(15, 50)).toBe(4 * size)
      expect(log.bytesBetween(15, 30)).toBe(2 * size)
      expect(log.bytesBetween(0, 5)).toBe(0)
      expect(log.bytesBetween(50, 50)).toBe(0)
      log.close()
    }
  })
})

describe('searching by time', () => {
  test('finds the first record by offset that is not older, also inside batches and where time goes back', () => {
    const on = bench()
    const log = openLog(on, { segmentBytes: 400, indexIntervalBytes: 100 })
    const times = [5, 3, 9, 9, 1, 20, 7, 30, 2, 2, 30, 31]
    for (let i = 0; i < times.length; i += 2)
      append(log, { records: times.slice(i, i + 2).map((ms) => ({ timestamp: NOW + ms, key: null, value: null })) })
    expect(log.segments.length).toBeGreaterThan(1)
    for (let ms = 0; ms <= 32; ms++) {
      const offset = times.findIndex((time) => time >= ms)
      const found = log.offsetForTimestamp(NOW + ms)
      expect(found?.offset ?? -1, `at ${ms}`).toBe(offset)
      if (found !== null) expect(found.timestamp).toBe(NOW + times[offset]!)
    }
    expect(log.offsetForTimestamp(NOW + 20, 5)).toBeNull()
    expect(log.offsetForTimestamp(NOW + 20, 6)).toMatchObject({ offset: 5 })
  })

  test('looks inside compressed batches, and tells the epoch of the batch', () => {
    const log = openLog(bench())
    append(log, { timestamp: NOW }, { leaderEpoch: 3 })
    const records = [1, 2, 3].map((ms) => ({ timestamp: NOW + ms, key: null, value: Buffer.alloc(100) }))
    append(log, { compression: 'gzip', records }, { leaderEpoch: 4 })
    expect(log.offsetForTimestamp(NOW + 2)).toEqual({ offset: 2, timestamp: NOW + 2, leaderEpoch: 4 })
  })

  test('skips what lies before the log start', () => {
    const log = openLog(bench())
    append(log, { count: 5, timestamp: NOW })
    log.updateHighWatermark(5)
    log.deleteRecordsTo(3)
    expect(log.offsetForTimestamp(NOW)).toMatchObject({ offset: 3 })
  })

  test('the youngest record is the first one that carries the largest time', () => {
    const on = bench()
    const log = openLog(on, { segmentBytes: 200 })
    expect(log.latestRecord()).toBeNull()
    append(log, { timestamp: -1 })
    expect(log.latestRecord()).toBeNull()
    for (const ms of [4, 9, 9, 2]) append(log, { timestamp: NOW + ms })
    expect(log.latestRecord()).toEqual({ offset: 2, timestamp: NOW + 9, leaderEpoch: 0 })
    log.close()
    expect(openLog(on).latestRecord()).toEqual({ offset: 2, timestamp: NOW + 9, leaderEpoch: 0 })
  })
})

describe('transactions', () => {
  const transactional = { producerId: 5n, producerEpoch: 0, isTransactional: true }
  const marker = (type: 'ABORT' | 'COMMIT'): Buffer =>
    buildEndTransactionMarker({ type, producerId: 5n, producerEpoch: 0, coordinatorEpoch: 0, timestamp: NOW })

  test('the last stable offset waits for the marker, and the marker for the high watermark', () => {
    const log = openLog(bench())
    append(log)
    append(log, { ...transactional, baseSequence: 0, count: 2 })
    append(log)
    log.updateHighWatermark(4)
    expect(log.lastStableOffset).toBe(1)
    log.append(marker('COMMIT'), { leaderEpoch: 0, origin: 'coordinator' })
    log.flushQueued()
    expect(log.lastStableOffset).toBe(1)
    log.updateHighWatermark(5)
    expect(log.lastStableOffset).toBe(5)
  })

  test('what was aborted is found by a read that touches it, also after reopening', () => {
    const on = bench()
    let log = openLog(on)
    append(log)
    append(log, { ...transactional, baseSequence: 0, count: 2 })
    log.append(marker('ABORT'), { leaderEpoch: 0, origin: 'coordinator' })
    append(log)
    for (const wasCleanShutdown of [true, true, false]) {
      expect(log.abortedTransactions(0, 5)).toEqual([
        { producerId: 5n, firstOffset: 1, lastOffset: 3, lastStableOffset: 4 },
      ])
      expect(log.abortedTransactions(4, 5)).toEqual([])
      expect(log.abortedTransactions(0, 1)).toEqual([])
      log.close()
      log = openLog(on, { wasCleanShutdown })
    }
  })

  test('one that is open stays open over a restart', () => {
    const on = bench()
    for (const wasCleanShutdown of [true, false]) {
      const first = openLog(on)
      if (first.logEndOffset === 0) {
        append(first, { ...transactional, baseSequence: 0, count: 2 })
        append(first)
      }
      first.close()
      const log = openLog(on, { wasCleanShutdown })
      log.updateHighWatermark(3)
      expect(log.lastStableOffset).toBe(0)
      expect(log.producers.find(5n)).toMatchObject({ transactionFirstOffset: 0, lastSequence: 1 })
      log.close()
    }
  })

  test('the last stable offset never lies before the log start', () => {
    const log = openLog(bench())
    append(log, { ...transactional, baseSequence: 0, count: 5 })
    log.updateHighWatermark(5)
    log.deleteRecordsTo(3)
    expect(log.lastStableOffset).toBe(3)
  })
})
