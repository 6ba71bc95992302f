import { describe, expect, test } from 'vitest'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { aBatch, append, bench, everythingIn, FROM_CLIENT, openLog } from './a-log.js'

const PRODUCER = { producerId: 5n, producerEpoch: 0 }

describe('a log that has found the disk full and works again', () => {
  test('does not take a later batch of a producer before the one that was lost', () => {
    const on = bench()
    const log = openLog(on)
    on.disk.freeBytes = 0
    const batch = (baseSequence: number, producerEpoch = 0) => aBatch({ ...PRODUCER, baseSequence, producerEpoch })
    log.append(batch(0), FROM_CLIENT)
    log.flushQueued()
    expect(log.append(batch(1), FROM_CLIENT)).toEqual({ error: 'KAFKA_STORAGE_ERROR' })
    on.disk.freeBytes = Number.POSITIVE_INFINITY
    on.clock.advance(1000)
    for (const later of [2, 1])
      expect(log.append(batch(later), FROM_CLIENT)).toEqual({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    for (const [at, sequence] of [0, 1, 2].entries())
      expect(log.append(batch(sequence), FROM_CLIENT)).toMatchObject({ baseOffset: at, duplicate: false })
    log.flushQueued()
    expect(log.writtenEndOffset).toBe(3)
  })

  test('takes a producer that has given the lost batch up, and begins a new epoch', () => {
    const on = bench()
    const log = openLog(on)
    on.disk.freeBytes = 0
    log.append(aBatch({ ...PRODUCER, baseSequence: 7 }), FROM_CLIENT)
    log.flushQueued()
    on.disk.freeBytes = Number.POSITIVE_INFINITY
    on.clock.advance(1000)
    const next = aBatch({ ...PRODUCER, producerEpoch: 1, baseSequence: 0 })
    expect(log.append(next, FROM_CLIENT)).toMatchObject({ baseOffset: 0 })
  })

  test('lets its end be cut off, as a follower has to whose leader lacks it', () => {
    const on = bench()
    const log = openLog(on)
    for (let i = 0; i < 3; i++) append(log)
    on.disk.freeBytes = 0
    log.append(aBatch({}), FROM_CLIENT)
    log.flushQueued()
    log.truncateTo(1)
    expect(log.logEndOffset).toBe(3)
    on.disk.freeBytes = Number.POSITIVE_INFINITY
    on.clock.advance(1000)
    log.truncateTo(1)
    expect(log.logEndOffset).toBe(1)
    expect(log.failure).toBeNull()
  })
})

describe('wherever the space ends', () => {
  test('nothing half-written is visible, what was acknowledged can be read, and it goes on once there is room', () => {
    const config = { segmentBytes: 400, indexIntervalBytes: 100 }
    const batch = (at: number) => aBatch({ ...PRODUCER, baseSequence: at, isTransactional: at >= 4 })
    let refused = 0
    for (let freeBytes = 0; freeBytes < 2000; freeBytes += 7) {
      const on = bench()
      const log = openLog(on, config)
      on.disk.freeBytes = freeBytes
      const written: Buffer[] = []
      for (let at = 0; at < 12 && log.failure === null; at++) {
        const bytes = batch(at)
        const result = log.append(bytes, { ...FROM_CLIENT, leaderEpoch: at >> 2 })
        log.flushQueued()
        if (result.error === undefined && log.writtenEndOffset > at) written.push(Buffer.from(bytes))
      }
      const isWhole = (it: PartitionLog): void => {
        expect(it.logEndOffset, `with ${freeBytes} bytes`).toBe(written.length)
        expect(everythingIn(it).equals(Buffer.concat(written)), `with ${freeBytes} bytes`).toBe(true)
      }
      isWhole(log)
      if (log.failure !== null) refused++
      isWhole(openLog(bench(on.disk.afterKill()), { ...config, wasCleanShutdown: false }))
      on.disk.freeBytes = Number.POSITIVE_INFINITY
      on.clock.advance(1000)
      const next = batch(written.length)
      expect(log.append(next, { ...FROM_CLIENT, leaderEpoch: 9 })).toMatchObject({ baseOffset: written.length })
      log.flushQueued()
      written.push(Buffer.from(next))
      isWhole(log)
      log.close()
      isWhole(openLog(bench(on.disk.afterKill()), config))
    }
    expect(refused).toBeGreaterThan(150)
  })
})

describe('deleting records', () => {
  test('does not begin as long as the new start cannot be written down', () => {
    const on = bench()
    let isKept = false
    const log = openLog(on, { onLogStart: () => isKept })
    for (let i = 0; i < 3; i++) append(log)
    log.updateHighWatermark(3)
    expect(log.deleteRecordsTo(2)).toBe(0)
    expect(log.logStartOffset).toBe(0)
    isKept = true
    expect(log.deleteRecordsTo(2)).toBe(2)
  })

  test('leaves the log readable where no new segment can be made for what follows', () => {
    const on = bench()
    const log = openLog(on)
    append(log, { ...PRODUCER, baseSequence: 0 })
    log.updateHighWatermark(1)
    on.disk.freeBytes = 0
    log.deleteRecordsTo(1)
    on.disk.freeBytes = Number.POSITIVE_INFINITY
    on.clock.advance(1000)
    expect(append(log, { ...PRODUCER, baseSequence: 1 })).toBe(1)
    expect(log.logStartOffset).toBe(1)
  })
})
