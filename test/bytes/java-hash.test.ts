import { describe, expect, test } from 'vitest'
import { coordinatorPartition, javaStringHash } from '../../src/bytes/java-hash.js'

describe('coordinatorPartition', () => {
  test.each([
    ['my-group', 12],
    ['g1', 42],
    ['test-group', 12],
    ['console-consumer-1', 24],
    ['my-txn', 45],
    ['日本', 47],
    ['polygenelubricants', 0],
    ['', 0],
  ])('places %j where Kafka does, of 50 partitions', (group, partition) => {
    expect(coordinatorPartition(group, 50)).toBe(partition)
  })
})

describe('javaStringHash', () => {
  test('is signed and wraps at 32 bits', () => {
    expect(javaStringHash('polygenelubricants')).toBe(-(2 ** 31))
  })

  test('goes over UTF-16 units, not code points', () => {
    expect(javaStringHash('😀')).toBe(0xd83d * 31 + 0xde00)
  })
})
