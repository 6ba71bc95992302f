import { describe, expect, test } from 'vitest'
import type { ProducerBatch } from '../../../src/client/producer/batch.js'
import { PartitionQueue } from '../../../src/client/producer/partition-queue.js'

const LINGER_MS = 100
const OVERHEAD = 61
const BATCH_BYTES = 1000 + OVERHEAD

/** Full batches of so many records each. */
function queueOf(...counts: number[]): PartitionQueue {
  const queue = new PartitionQueue(0)
  for (const count of counts) {
    for (let i = 0; i < count; i++) queue.add(record(), Math.floor((BATCH_BYTES - OVERHEAD) / count), BATCH_BYTES, 0)
  }
  return queue
}
const record = () => ({ key: null, value: Buffer.from('v'), headers: [], timestamp: 0 })
const sequences = (batches: ProducerBatch[]): (number | null)[] => batches.map(({ sequence }) => sequence)

/** Takes what is ready and says which sequences it got. */
function takeAll(queue: PartitionQueue): ProducerBatch[] {
  const taken: ProducerBatch[] = []
  while (queue.isReady(0, 0)) taken.push(queue.take(true))
  return taken
}

describe('what waits for a partition', () => {
  test('lingers for more, unless it is full or something waits behind it', () => {
    const queue = new PartitionQueue(0)
    expect(queue.add(record(), 50, BATCH_BYTES, 0)).toBe(false)
    expect(queue.isReady(LINGER_MS - 1, LINGER_MS)).toBe(false)
    expect(queue.nextLookMs(LINGER_MS)).toBe(LINGER_MS)
    expect(queue.isReady(LINGER_MS, LINGER_MS)).toBe(true)
    expect(queue.add(record(), 960, BATCH_BYTES, 1)).toBe(true)
    expect(queue.isReady(1, LINGER_MS)).toBe(true)
  })

  test('is numbered as it is sent', () => {
    const queue = queueOf(2, 3, 1)
    expect(sequences(takeAll(queue))).toEqual([0, 2, 5])
  })

  test('is not numbered for a producer without an id', () => {
    expect(queueOf(2).take(false).sequence).toBeNull()
  })

  test('goes out again in order and under the same numbers, once everything under way was answered', () => {
    const queue = queueOf(2, 3, 1)
    const [first, second] = [queue.take(true), queue.take(true)]
    queue.retry(first, [first])
    expect(queue.isReady(0, 0)).toBe(false)
    queue.retry(second, [second])
    expect(takeAll(queue)).toEqual([first, second, expect.objectContaining({ sequence: 5 })])
    expect(sequences([first, second])).toEqual([0, 2])
  })

  test('keeps its order when a later batch is answered before an earlier one', () => {
    const queue = queueOf(1, 1)
    const [first, second] = [queue.take(true), queue.take(true)]
    queue.retry(second, [second])
    queue.retry(first, [first])
    expect(takeAll(queue)).toEqual([first, second])
  })

  test('moves up behind a batch that was refused for good', () => {
    const queue = queueOf(2, 3, 1)
    const [first, second, third] = takeAll(queue)
    queue.settle(first!, false)
    queue.retry(second!, [second!])
    queue.retry(third!, [third!])
    expect(takeAll(queue)).toEqual([second, third])
    expect(sequences([second!, third!])).toEqual([0, 3])
  })

  test('keeps the numbers of what was sent before the batch that was refused', () => {
    const queue = queueOf(2, 3, 1)
    const [first, second, third] = takeAll(queue)
    queue.retry(first!, [first!])
    queue.settle(second!, false)
    queue.retry(third!, [third!])
    takeAll(queue)
    expect(sequences([first!, third!])).toEqual([0, 2])
  })

  test('is split under the numbers that it had', () => {
    const queue = queueOf(3, 1)
    const [first, second] = takeAll(queue)
    queue.retry(first!, first!.halves())
    queue.retry(second!, [second!])
    const again = takeAll(queue)
    expect(sequences(again)).toEqual([0, 2, 3])
    expect(again.map(({ count }) => count)).toEqual([2, 1, 1])
  })

  test('is numbered from the start again for a new identity', () => {
    const queue = queueOf(2, 3)
    const [first, second] = takeAll(queue)
    queue.retry(first!, [first!])
    queue.retry(second!, [second!])
    queue.restartSequences()
    expect(sequences(takeAll(queue))).toEqual([0, 2])
  })

  test('is given up after its time, but not while it is under way', () => {
    const queue = queueOf(1, 1)
    const first = queue.take(true)
    expect(queue.expire(0)).toHaveLength(1)
    expect(queue.isUnderWay).toBe(true)
    queue.retry(first, [first])
    expect(queue.expire(0)).toEqual([first])
    expect(queue.isEmpty).toBe(true)
  })
})
