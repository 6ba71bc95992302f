import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { OffsetCheckpoint } from '../../src/storage/checkpoint.js'
import { MemoryDisk } from '../support/memory-disk.js'

const PATH = '/d/recovery-point-offset-checkpoint'

function withText(text: string): OffsetCheckpoint {
  const disk = new MemoryDisk()
  disk.put(PATH, Buffer.from(text))
  return new OffsetCheckpoint(disk, PATH)
}

describe('a checkpoint file', () => {
  test('is a version, a count and a line for each partition', () => {
    const disk = new MemoryDisk()
    disk.makeDirectory('/d')
    const checkpoint = new OffsetCheckpoint(disk, PATH)
    checkpoint.write(
      new Map([
        ['orders-0', 12],
        ['a-b-c-11', 9_007_199_254_740_991],
      ]),
      true,
    )
    expect(disk.readFile(PATH)!.toString()).toBe('0\n2\norders 0 12\na-b-c 11 9007199254740991\n')
    expect([...checkpoint.read()]).toEqual([
      ['orders-0', 12],
      ['a-b-c-11', 9_007_199_254_740_991],
    ])
  })

  test('that is missing, or empty as Apache Kafka makes it first, says nothing', () => {
    expect(new OffsetCheckpoint(new MemoryDisk(), PATH).read().size).toBe(0)
    expect(withText('').read().size).toBe(0)
  })

  test.each([
    ['a wrong count', '0\n3\norders 0 12\n'],
    ['a count that is no number', '0\nx\norders 0 12\n'],
    ['another version', '1\n1\norders 0 12\n'],
    ['a line too short', '0\n1\norders 12\n'],
    ['a line too long', '0\n1\norders 0 12 13\n'],
    ['a negative offset', '0\n1\norders 0 -1\n'],
    ['a torn line', '0\n2\norders 0 12\nord'],
    ['a number cut short', '0\n1\norders 0 1'],
  ])('with %s is refused as a whole', (_, text) => {
    expect(() => withText(text).read()).toThrow(MalformedBytes)
  })

  test('is complete at every moment of its being replaced', () => {
    for (let steps = 0; ; steps++) {
      const disk = new MemoryDisk()
      disk.put(PATH, Buffer.from('0\n1\norders 0 12\n'))
      disk.stopAfter(steps)
      try {
        new OffsetCheckpoint(disk, PATH).write(new Map([['orders-0', 777]]), true)
        break
      } catch {
        const found = new OffsetCheckpoint(disk.afterKill(), PATH).read().get('orders-0')
        expect([12, 777]).toContain(found)
      }
    }
  })
})
