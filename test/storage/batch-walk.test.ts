import { expect, test } from 'vitest'
import { walkBatches } from '../../src/storage/batch-walk.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { aBatch } from './a-log.js'

const FIRST = aBatch({ baseOffset: 0, count: 2 })
const SECOND = aBatch({ baseOffset: 2, valueBytes: 200 })

/** Where batches are found, and where the walk ends. */
function walk(bytes: Buffer, whole: boolean, pieceBytes: number): { found: number[]; end: number } {
  const disk = new MemoryDisk()
  disk.put('/log', bytes)
  const file = disk.open('/log', 'read')
  const found: number[] = []
  const end = walkBatches(
    { use: () => file },
    { start: 0, end: bytes.length, whole, pieceBytes },
    (piece, at, position) => {
      expect(piece.readInt32BE(at + 8)).toBe(bytes.readInt32BE(position + 8))
      found.push(position)
      return true
    },
  )
  return { found, end }
}

const WAYS = [true, false].flatMap((whole) => [61, 100, 4096].map((pieceBytes) => ({ whole, pieceBytes })))

test.each(WAYS)('batches are found one behind the other: %j', ({ whole, pieceBytes }) => {
  const bytes = Buffer.concat([FIRST, SECOND])
  expect(walk(bytes, whole, pieceBytes)).toEqual({ found: [0, FIRST.length], end: bytes.length })
})

const WRONG: [string, Buffer][] = [
  ...[1, 17, 60, 61, SECOND.length - 1].map((left): [string, Buffer] => [
    `${left} bytes of one`,
    SECOND.subarray(0, left),
  ]),
  ['zeroes', Buffer.alloc(500)],
  ['a length less than its header', changed((bytes) => bytes.writeInt32BE(40, 8))],
  ['a length beyond the end', changed((bytes) => bytes.writeInt32BE(2 ** 31 - 1, 8))],
  ['a negative length', changed((bytes) => bytes.writeInt32BE(-1, 8))],
  ['a negative offset', changed((bytes) => bytes.writeInt32BE(-1, 0))],
]

test.each(WRONG)('a walk ends before %s', (_, wrong) => {
  for (const { whole, pieceBytes } of WAYS)
    expect(walk(Buffer.concat([FIRST, wrong]), whole, pieceBytes), `${whole} ${pieceBytes}`).toEqual({
      found: [0],
      end: FIRST.length,
    })
})

function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(SECOND)
  change(bytes)
  return bytes
}
