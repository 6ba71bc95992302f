import { describe, expect, test } from 'vitest'
import { EntryFile } from '../../src/storage/entry-file.js'
import { OpenFiles } from '../../src/storage/open-files.js'
import { TIME_ENTRY_BYTES, TimeIndex } from '../../src/storage/time-index.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'

const PATH = '/d/0.timeindex'

function openIndex(disk: MemoryDisk, baseOffset: number): TimeIndex {
  return new TimeIndex(new EntryFile(new OpenFiles(disk).file(PATH), TIME_ENTRY_BYTES), baseOffset)
}

function emptyDisk(): MemoryDisk {
  const disk = new MemoryDisk()
  disk.put(PATH, Buffer.alloc(0))
  return disk
}

describe('the time index', () => {
  test('an entry is a timestamp of 64 bits and an offset relative to the segment of 32', () => {
    const disk = emptyDisk()
    const index = openIndex(disk, 100)
    index.addIfLater(1_700_000_000_000, 150)
    index.entries.save()
    expect(disk.readFile(PATH)!.toString('hex')).toBe('0000018bcfe5680000000032')
  })

  test('an entry that is not later than the last one, or carries no time, is left out', () => {
    const index = openIndex(emptyDisk(), 0)
    index.addIfLater(-1, 3)
    expect(index.count).toBe(0)
    index.addIfLater(10, 5)
    index.addIfLater(10, 7)
    index.addIfLater(9, 8)
    expect(index.last()).toEqual({ timestamp: 10, offset: 5 })
    expect(index.count).toBe(1)
  })

  test('one place is kept free for the entry that is added when the segment is left', () => {
    const index = openIndex(emptyDisk(), 0)
    index.addIfLater(10, 5)
    expect(index.isFull(36, 0)).toBe(false)
    expect(index.isFull(24, 0)).toBe(true)
  })

  test.each([1, 2, 3])('it agrees with a sorted array under random operations (seed %i)', (seed) => {
    const random = seededRandom(seed)
    const disk = emptyDisk()
    let index = openIndex(disk, 500)
    let twin: { timestamp: number; offset: number }[] = []
    for (let step = 0; step < 3000; step++) {
      const choice = random.int(100)
      const last = twin.at(-1) ?? { timestamp: -1, offset: 500 }
      if (choice < 70) {
        const entry = { timestamp: last.timestamp - 5 + random.int(20), offset: last.offset + 1 + random.int(9) }
        index.addIfLater(entry.timestamp, entry.offset)
        if (entry.timestamp > last.timestamp) twin.push(entry)
      } else if (choice < 72) {
        index.entries.save()
        index = openIndex(disk, 500)
      } else if (choice < 73) {
        const cut = Math.max(500, last.offset + 10 - random.int(100))
        index.truncateTo(cut)
        twin = twin.filter((entry) => entry.offset < cut)
      } else {
        const target = random.int(last.timestamp + 30) - 2
        const expected = twin.findLast((entry) => entry.timestamp <= target) ?? { timestamp: -1, offset: 500 }
        expect(index.lookup(target)).toEqual(expected)
      }
      expect(index.count).toBe(twin.length)
    }
    // So many that a search goes through more than one block.
    expect(twin.length).toBeGreaterThan(600)
  })
})
