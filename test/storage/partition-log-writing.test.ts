import { describe, expect, test, vi } from 'vitest'
import { seededRandom } from '../support/seeded-random.js'
import { open, openLog as openLogIn } from './a-directory.js'
import { aBatch, append, bench, DIRECTORY, everythingIn, FROM_CLIENT, NOW, openLog } from './a-log.js'

const LIMITS = { endOffset: Number.MAX_SAFE_INTEGER, minOneBatch: true }

describe('bringing data onto the device', () => {
  test('happens by itself only when segments are left or the log is closed', async () => {
    const on = bench()
    const log = openLog(on)
    append(log)
    expect([on.disk.syncs, log.recoveryPoint]).toEqual([0, 0])
    log.roll()
    await new Promise(setImmediate)
    expect(log.recoveryPoint).toBe(1)
    append(log)
    log.close()
    expect(log.recoveryPoint).toBe(2)
    expect(openLog(on).recoveryPoint).toBe(2)
  })

  test('counts only what is on the device, with its name, when a segment has been left', async () => {
    const on = bench()
    on.disk.makeDirectory('/logs')
    on.disk.syncDirectory('/')
    const log = openLog(on)
    for (let i = 0; i < 5; i++) append(log)
    log.roll()
    await vi.waitFor(() => expect(log.recoveryPoint).toBe(5))
    for (let seed = 1; seed <= 10; seed++) {
      const left = bench(on.disk.afterHarshPowerFailure(seededRandom(seed)))
      const again = openLog(left, { wasCleanShutdown: false, recoveryPoint: 5 })
      expect(everythingIn(again).length).toBe(5 * aBatch().length)
    }
  })

  test('flush.messages asks for it before the write counts', () => {
    const on = bench()
    const log = openLog(on, { flushMessages: 3 })
    append(log, { count: 2 })
    expect(log.recoveryPoint).toBe(0)
    log.onWritten((end) => expect(log.recoveryPoint).toBe(end))
    append(log)
    expect(log.recoveryPoint).toBe(3)
  })

  test('flush.ms asks for it so long after the first write that has not been flushed', () => {
    const on = bench()
    const log = openLog(on, { flushMs: 1000 })
    append(log)
    on.clock.advance(600)
    append(log)
    on.clock.advance(399)
    expect(log.recoveryPoint).toBe(0)
    on.clock.advance(1)
    expect(log.recoveryPoint).toBe(2)
    append(log)
    on.clock.advance(1000)
    expect(log.recoveryPoint).toBe(3)
  })

  test('what a recovery has found is not taken for flushed before it is', () => {
    const on = bench()
    on.disk.makeDirectory('/logs')
    on.disk.syncDirectory('/')
    const killed = openLog(on)
    for (let i = 0; i < 5; i++) append(killed)
    killed.abandon()
    const log = openLog(on, { wasCleanShutdown: false, recoveryPoint: 2 })
    expect([log.logEndOffset, log.recoveryPoint]).toEqual([5, 2])
    log.flush()
    expect(log.recoveryPoint).toBe(5)
    const left = bench(on.disk.afterPowerFailure(() => 0))
    expect(openLog(left, { wasCleanShutdown: false, recoveryPoint: 5 }).logEndOffset).toBe(5)
  })

  test('asked for, it covers everything appended so far', () => {
    const log = openLog(bench())
    log.append(aBatch({ count: 3 }), FROM_CLIENT)
    log.flush()
    expect([log.writtenEndOffset, log.recoveryPoint]).toEqual([3, 3])
  })
})

describe('when writing fails', () => {
  test('a full disk leaves the file as it was; everybody is told; once there is room, appending goes on', () => {
    const on = bench()
    const log = openLog(on)
    append(log, { producerId: 5n, producerEpoch: 0, baseSequence: 0 })
    const failures: Error[] = []
    log.onFailure((error) => failures.push(error))
    on.disk.freeBytes = 100
    const next = { producerId: 5n, producerEpoch: 0, baseSequence: 1, valueBytes: 200 }
    expect(log.append(aBatch(next), FROM_CLIENT).error).toBeUndefined()
    log.flushQueued()
    expect(failures).toHaveLength(1)
    expect(on.disk.stat(`${DIRECTORY}/00000000000000000000.log`)!.sizeBytes).toBe(log.sizeBytes)
    expect([log.logEndOffset, log.writtenEndOffset]).toEqual([1, 1])
    expect(log.append(aBatch(next), FROM_CLIENT)).toEqual({ error: 'KAFKA_STORAGE_ERROR' })
    expect(log.read(0, 1000, LIMITS).nextOffset).toBe(1)
    on.clock.advance(1000)
    expect(log.append(aBatch(next), FROM_CLIENT)).toEqual({ error: 'KAFKA_STORAGE_ERROR' })
    on.disk.freeBytes = 2 ** 30
    on.clock.advance(1000)
    expect(append(log, next)).toBe(1)
    expect(log.failure).toBeNull()
  })

  test('where there are no descriptors left, what needs a new file is refused, and goes on as soon as there are some', () => {
    const on = bench()
    const directory = open(on)
    const log = openLogIn(directory, 't', 0, { segmentBytes: 300 })
    append(log, { valueBytes: 150 })
    on.disk.hasNoDescriptors = true
    expect(log.append(aBatch({ valueBytes: 150 }), FROM_CLIENT)).toEqual({ error: 'KAFKA_STORAGE_ERROR' })
    expect([directory.failure, log.logEndOffset]).toEqual([null, 1])
    on.disk.hasNoDescriptors = false
    on.clock.advance(1000)
    expect(append(log, { valueBytes: 150 })).toBe(1)
    expect([log.failure, log.segments.length]).toEqual([null, 2])
  })

  test('a full disk is not tried again before there is room for more than a few records', () => {
    const on = bench()
    const log = openLog(on)
    on.disk.freeBytes = 10
    log.append(aBatch(), FROM_CLIENT)
    log.flushQueued()
    on.disk.freeBytes = 1024 * 1024
    on.clock.advance(1000)
    expect(log.append(aBatch(), FROM_CLIENT)).toEqual({ error: 'KAFKA_STORAGE_ERROR' })
    on.disk.freeBytes = 1024 * 1024 * 1024
    on.clock.advance(1000)
    expect(log.append(aBatch(), FROM_CLIENT)).toMatchObject({ baseOffset: 0 })
  })

  test('an error of the device is for good', () => {
    const on = bench()
    const log = openLog(on, { flushMessages: 1 })
    append(log)
    on.disk.syncError = Object.assign(new Error('input/output error'), { code: 'EIO' })
    const told: number[] = []
    log.onWritten((end) => told.push(end))
    log.append(aBatch(), FROM_CLIENT)
    log.flushQueued()
    expect(told).toEqual([])
    expect(log.failure?.message).toBe('input/output error')
    expect(log.writtenEndOffset).toBe(1)
    on.disk.syncError = null
    on.clock.advance(100_000)
    expect(log.append(aBatch(), FROM_CLIENT)).toEqual({ error: 'KAFKA_STORAGE_ERROR' })
    expect(log.appendAsFollower(aBatch({ baseOffset: 1 }))).toMatchObject({ error: 'KAFKA_STORAGE_ERROR' })
  })
})

describe('closing', () => {
  test('leaves no file open, and nothing can be appended afterwards', async () => {
    for (const close of ['close', 'closeLater', 'abandon'] as const) {
      const on = bench()
      const log = openLog(on, { segmentBytes: 200 })
      for (let i = 0; i < 5; i++) append(log)
      await log[close]()
      expect(on.disk.openFiles).toBe(0)
      expect(() => log.append(aBatch(), FROM_CLIENT)).toThrow()
    }
  })

  test('writes what still waits to be written', async () => {
    for (const close of ['close', 'closeLater'] as const) {
      const on = bench()
      const log = openLog(on)
      log.append(aBatch({ count: 3 }), FROM_CLIENT)
      await log[close]()
      expect(openLog(on).logEndOffset).toBe(3)
    }
  })

  test('is the same on and off the main thread', async () => {
    const [one, other] = [bench(), bench()]
    for (const on of [one, other]) {
      const log = openLog(on, { segmentBytes: 500, indexIntervalBytes: 50 })
      for (let i = 0; i < 20; i++)
        append(log, { producerId: 5n, producerEpoch: 0, baseSequence: i, timestamp: NOW + i })
      if (on === one) log.close()
      else await log.closeLater()
    }
    expect(other.disk.contents()).toEqual(one.disk.contents())
  })
})
