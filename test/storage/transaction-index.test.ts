import { describe, expect, test } from 'vitest'
import { OpenFiles } from '../../src/storage/open-files.js'
import {
  type AbortedTransaction,
  abortedBetween,
  TransactionIndex,
  wrongInIndex,
} from '../../src/storage/transaction-index.js'
import { MemoryDisk } from '../support/memory-disk.js'

const PATH = '/d/0.txnindex'

function anIndex(disk = new MemoryDisk(), ...entries: AbortedTransaction[]): TransactionIndex {
  disk.makeDirectory('/d')
  const index = new TransactionIndex(new OpenFiles(disk).file(PATH))
  for (const entry of entries) index.add(entry)
  return index
}

const aborted = (firstOffset: number, lastOffset: number, lastStableOffset: number, producerId = 9n) => ({
  producerId,
  firstOffset,
  lastOffset,
  lastStableOffset,
})

describe('the transaction index', () => {
  test('its bytes are those of Apache Kafka, and the file is not made before there is something to write', () => {
    const disk = new MemoryDisk()
    const index = anIndex(disk)
    expect(index.entries()).toEqual([])
    expect(disk.stat(PATH)).toBeNull()
    index.add(aborted(100, 105, 106))
    expect(disk.readFile(PATH)!.toString('hex')).toBe(
      '00000000000000000009000000000000006400000000000000690000000000 00006a'.replace(' ', ''),
    )
  })

  test('what was added is found after reopening; a torn entry at the end is not', () => {
    const disk = new MemoryDisk()
    anIndex(disk, aborted(0, 5, 3), aborted(3, 8, 9))
    const bytes = disk.readFile(PATH)!
    disk.put(PATH, bytes.subarray(0, bytes.length - 1))
    expect(anIndex(disk).entries()).toEqual([aborted(0, 5, 3)])
  })

  test('cutting drops transactions that end there', () => {
    const disk = new MemoryDisk()
    const index = anIndex(disk, aborted(0, 5, 3), aborted(3, 8, 9))
    index.truncateTo(8)
    expect(index.entries()).toEqual([aborted(0, 5, 3)])
    expect(anIndex(disk).entries()).toEqual([aborted(0, 5, 3)])
    index.add(aborted(3, 9, 10))
    expect(anIndex(disk).entries()).toEqual([aborted(0, 5, 3), aborted(3, 9, 10)])
  })

  test('nothing is left of what it was before it is built again', () => {
    const disk = new MemoryDisk()
    const index = anIndex(disk, aborted(0, 5, 3), aborted(3, 8, 9))
    index.clear()
    index.add(aborted(1, 4, 5))
    expect(anIndex(disk).entries()).toEqual([aborted(1, 4, 5)])
  })

  test.each([
    ['of a segment that begins later', [aborted(0, 5, 6)], 6, 20],
    ['of a segment that ends before', [aborted(0, 5, 6), aborted(7, 20, 21)], 0, 20],
    ['whose markers step back', [aborted(7, 9, 10), aborted(0, 5, 6)], 0, 20],
    ['with a marker before its transaction', [aborted(5, 5, 6)], 0, 20],
  ])('one %s is told', (_, entries, baseOffset, endOffset) => {
    const disk = new MemoryDisk()
    anIndex(disk, ...entries)
    const bytes = disk.readFile(PATH)!
    expect(wrongInIndex(bytes, baseOffset, endOffset)).toMatch(/^has an aborted transaction from/)
    expect(wrongInIndex(bytes.subarray(1), baseOffset, endOffset)).toMatch(/is no number of entries$/)
  })

  test('a read finds the transactions that touch it, and looks no further than where all is decided', () => {
    const first = anIndex(undefined, aborted(0, 5, 3, 1n), aborted(3, 8, 9, 2n))
    const second = anIndex(undefined, aborted(12, 15, 16, 3n), aborted(20, 25, 26, 4n))
    let isAsked = false
    const segments = function* () {
      yield { transactions: first }
      isAsked = true
      yield { transactions: second }
    }
    const producers = (from: number, to: number) => abortedBetween(segments(), from, to).map((each) => each.producerId)
    expect(producers(0, 1)).toEqual([1n])
    expect(isAsked).toBe(false)
    expect(producers(4, 9)).toEqual([1n, 2n])
    expect(producers(6, 13)).toEqual([2n, 3n])
    expect(isAsked).toBe(true)
    expect(producers(9, 12)).toEqual([])
    expect(producers(16, 100)).toEqual([4n])
  })
})
