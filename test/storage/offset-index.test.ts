import { describe, expect, test } from 'vitest'
import { EntryFile } from '../../src/storage/entry-file.js'
import { OFFSET_ENTRY_BYTES, OffsetIndex } from '../../src/storage/offset-index.js'
import { OpenFiles } from '../../src/storage/open-files.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'

const PATH = '/d/0.index'

function openIndex(disk: MemoryDisk, baseOffset: number): OffsetIndex {
  return new OffsetIndex(new EntryFile(new OpenFiles(disk).file(PATH), OFFSET_ENTRY_BYTES), baseOffset)
}

function emptyDisk(): MemoryDisk {
  const disk = new MemoryDisk()
  disk.put(PATH, Buffer.alloc(0))
  return disk
}

describe('the offset index', () => {
  test('an entry is the offset relative to the segment and the position, 32 bits each', () => {
    const disk = emptyDisk()
    const index = openIndex(disk, 100)
    index.add(150, 4200)
    index.entries.save()
    expect(disk.readFile(PATH)!.toString('hex')).toBe('0000003200001068')
  })

  test('an empty index leads to the beginning of the segment', () => {
    expect(openIndex(emptyDisk(), 100).lookup(170)).toEqual({ offset: 100, position: 0 })
    expect(openIndex(emptyDisk(), 100).last()).toBeNull()
  })

  test('it is full when the file would have no room for one more entry', () => {
    const index = openIndex(emptyDisk(), 0)
    index.add(5, 10)
    expect(index.isFull(24, 0)).toBe(false)
    expect(index.isFull(24, 2)).toBe(true)
    expect(index.isFull(15, 0)).toBe(true)
  })

  // The twin is a sorted array; what is stored, what waits and what was cut must all look the same from outside.
  test.each([1, 2, 3, 4])('it agrees with a sorted array under random operations (seed %i)', (seed) => {
    const random = seededRandom(seed)
    const disk = emptyDisk()
    const baseOffset = 1000
    let index = openIndex(disk, baseOffset)
    let twin: { offset: number; position: number }[] = []
    for (let step = 0; step < 3000; step++) {
      const choice = random.int(100)
      const last = twin.at(-1) ?? { offset: baseOffset, position: 0 }
      if (choice < 60) {
        const entry = { offset: last.offset + 1 + random.int(20), position: last.position + 1 + random.int(5000) }
        index.add(entry.offset, entry.position)
        twin.push(entry)
      } else if (choice < 62) {
        index.entries.save()
        index = openIndex(disk, baseOffset)
      } else if (choice < 63) {
        const cut = Math.max(baseOffset, last.offset + 10 - random.int(200))
        index.truncateTo(cut)
        twin = twin.filter((entry) => entry.offset < cut)
      } else {
        const target = baseOffset - 5 + random.int(last.offset - baseOffset + 20)
        const expected = twin.findLast((entry) => entry.offset <= target) ?? { offset: baseOffset, position: 0 }
        expect(index.lookup(target)).toEqual(expected)
      }
      expect(index.count).toBe(twin.length)
      expect(index.last()).toEqual(twin.at(-1) ?? null)
    }
    // So many that a search goes through more than one block.
    expect(twin.length).toBeGreaterThan(1000)
  })
})
