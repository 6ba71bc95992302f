import { describe, expect, test } from 'vitest'
import { freshBuffers } from '../../src/storage/memory.js'
import { TailCache } from '../../src/storage/tail-cache.js'
import { aBatch, append, bench, everythingIn, openLog } from './a-log.js'

describe('the tail cache', () => {
  const LIMITS = { endOffset: Number.MAX_SAFE_INTEGER, minOneBatch: true }
  const SLAB = 256 * 1024

  test('answers reads of what was written lately without asking the disk, of several partitions', () => {
    const on = bench()
    const tails = new TailCache(freshBuffers)
    const logs = ['/logs/a-0', '/logs/b-0'].map((directory) => openLog(on, { tails, directory }))
    for (let i = 0; i < 20; i++) for (const log of logs) append(log, { count: 5, timestamp: i })
    on.disk.stopAfter(0)
    for (const log of logs) {
      const read = log.read(52, 1_000_000, LIMITS)
      expect([read.firstBatchOffset, read.nextOffset]).toEqual([50, 100])
    }
  })

  test('batches of one partition that follow on each other are one piece', () => {
    const log = openLog(bench())
    for (let i = 0; i < 50; i++) append(log)
    expect(log.read(0, 1_000_000, LIMITS).chunks).toHaveLength(1)
  })

  test('lets the oldest go when it is full; they come from the file then, the same bytes', () => {
    const on = bench()
    const tails = new TailCache(freshBuffers, 2 * SLAB)
    const log = openLog(on, { tails })
    for (let i = 0; i < 60; i++) append(log, { valueBytes: 20_000, timestamp: i })
    const warm = everythingIn(log)
    log.close()
    expect(everythingIn(openLog(on)).equals(warm)).toBe(true)
  })

  test('memory that a read still holds is not used for anything else', () => {
    const freed: Buffer[] = []
    const buffers = {
      take: (sizeBytes: number) => {
        const buffer = freed.pop() ?? Buffer.allocUnsafeSlow(Math.max(sizeBytes, SLAB))
        let holders = 1
        return {
          buffer,
          hold: () => void holders++,
          release: () => {
            holders--
            if (holders === 0) freed.push(buffer)
          },
        }
      },
    }
    const log = openLog(bench(), { tails: new TailCache(buffers, SLAB) })
    append(log, { valueBytes: 20_000, timestamp: 1 })
    const held = log.read(0, 1_000_000, LIMITS)
    const before = Buffer.from(held.chunks[0]!)
    for (let i = 0; i < 40; i++) append(log, { valueBytes: 20_000, timestamp: 99 })
    expect(held.chunks[0]!.equals(before)).toBe(true)
    const waiting = freed.length
    held.release()
    expect(freed.length).toBe(waiting + 1)
  })

  test('more in one tick than the cache can hold is written as it came', () => {
    const on = bench()
    const log = openLog(on, { tails: new TailCache(freshBuffers, SLAB), atTickEnd: () => {} })
    const sent: Buffer[] = []
    for (let i = 0; i < 100; i++) {
      const bytes = aBatch({ valueBytes: 20_000, timestamp: i })
      log.append(bytes, { leaderEpoch: 0, origin: 'client' })
      sent.push(bytes)
    }
    log.flushQueued()
    expect(everythingIn(log).equals(Buffer.concat(sent))).toBe(true)
    log.close()
    expect(everythingIn(openLog(on)).equals(Buffer.concat(sent))).toBe(true)
  })
})
