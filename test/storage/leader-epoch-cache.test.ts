import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { LeaderEpochCache } from '../../src/storage/leader-epoch-cache.js'
import { MemoryDisk } from '../support/memory-disk.js'

const PATH = '/d/leader-epoch-checkpoint'

function aCache(...entries: [number, number][]): LeaderEpochCache {
  const disk = new MemoryDisk()
  disk.makeDirectory('/d')
  const cache = new LeaderEpochCache(disk, PATH)
  for (const [epoch, startOffset] of entries) cache.assign(epoch, startOffset)
  return cache
}

const pairs = (cache: LeaderEpochCache): [number, number][] =>
  cache.entries.map(({ epoch, startOffset }) => [epoch, startOffset])

describe('leader epochs', () => {
  test('an epoch is known by where it begins; saying it again changes nothing', () => {
    const cache = aCache([0, 0], [2, 10], [2, 12], [5, 30])
    expect(pairs(cache)).toEqual([
      [0, 0],
      [2, 10],
      [5, 30],
    ])
    expect(cache.latestEpoch).toBe(5)
  })

  test('an entry drops those that contradict it: an epoch without records, or one that was larger', () => {
    expect(pairs(aCache([0, 0], [2, 10], [3, 10]))).toEqual([
      [0, 0],
      [3, 10],
    ])
    expect(pairs(aCache([0, 0], [4, 10], [3, 20]))).toEqual([
      [0, 0],
      [3, 20],
    ])
    expect(pairs(aCache([-1, 0]))).toEqual([])
  })

  test('the end of an epoch is the start of the next, and of the latest the end of the log', () => {
    const cache = aCache([2, 10], [5, 30], [7, 40])
    expect(cache.endOffsetFor(7, 55)).toEqual({ epoch: 7, endOffset: 55 })
    expect(cache.endOffsetFor(5, 55)).toEqual({ epoch: 5, endOffset: 40 })
    expect(cache.endOffsetFor(6, 55)).toEqual({ epoch: 5, endOffset: 40 })
    expect(cache.endOffsetFor(2, 55)).toEqual({ epoch: 2, endOffset: 30 })
    expect(cache.endOffsetFor(1, 55)).toEqual({ epoch: 1, endOffset: 10 })
    expect(cache.endOffsetFor(8, 55)).toEqual({ epoch: -1, endOffset: -1 })
    expect(cache.endOffsetFor(-1, 55)).toEqual({ epoch: -1, endOffset: -1 })
    expect(aCache().endOffsetFor(0, 55)).toEqual({ epoch: -1, endOffset: -1 })
  })

  test('an offset belongs to the last epoch that begins at or before it', () => {
    const cache = aCache([2, 10], [5, 30])
    expect([9, 10, 29, 30, 99].map((offset) => cache.epochFor(offset))).toEqual([-1, 2, 2, 5, 5])
  })

  test('cutting the end drops epochs that begin there', () => {
    const cache = aCache([2, 10], [5, 30], [7, 40])
    cache.truncateFromEnd(30)
    expect(pairs(cache)).toEqual([[2, 10]])
  })

  test('cutting the beginning keeps the epoch that covers it, beginning there', () => {
    const cache = aCache([2, 10], [5, 30], [7, 40])
    cache.truncateFromStart(35)
    expect(pairs(cache)).toEqual([
      [5, 35],
      [7, 40],
    ])
    cache.truncateFromStart(40)
    expect(pairs(cache)).toEqual([[7, 40]])
    cache.truncateFromStart(100)
    expect(pairs(cache)).toEqual([[7, 100]])
    cache.truncateFromStart(3)
    expect(pairs(cache)).toEqual([[7, 100]])
  })

  test('the file leaves epochs without records out, and is written only where something changed', () => {
    const cache = aCache([0, 0], [3, 20])
    const disk = cache.disk as MemoryDisk
    cache.save(20, true)
    expect(disk.readFile(PATH)!.toString()).toBe('0\n1\n0 0\n')
    cache.save(21, true)
    expect(disk.readFile(PATH)!.toString()).toBe('0\n2\n0 0\n3 20\n')
    const { steps } = disk
    cache.save(25, true)
    expect(disk.steps).toBe(steps)
    const again = new LeaderEpochCache(disk, PATH)
    expect(again.load()).toBe(true)
    expect(pairs(again)).toEqual(pairs(cache))
  })

  test('a file that is missing or cannot be read is told from an empty one', () => {
    expect(aCache().load()).toBe(false)
    const disk = new MemoryDisk()
    disk.put(PATH, Buffer.from('0\n1\nzero 0\n'))
    expect(() => new LeaderEpochCache(disk, PATH).load()).toThrow(MalformedBytes)
    disk.put(PATH, Buffer.from('0\n0\n'))
    expect(new LeaderEpochCache(disk, PATH).load()).toBe(true)
  })
})
