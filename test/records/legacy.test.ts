import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { RecordBatch } from '../../src/records/batch.js'
import { entriesIn, LegacyBatch } from '../../src/records/legacy.js'
import { dumpLegacyLines } from './dump.js'
import { goldenFile, goldenLines, goldenSegment } from './golden.js'

const segment = goldenFile('legacy', '00000000000000000000.log')
const legacyIn = (bytes: Buffer): LegacyBatch[] => [...entriesIn(bytes)].filter((entry) => entry instanceof LegacyBatch)

describe('messages of formats v0 and v1', () => {
  test('read as the dump tool of Kafka prints them', () => {
    const lines = [
      'Log starting offset: 0',
      ...legacyIn(segment).flatMap((entry) => dumpLegacyLines(entry, entry.start)),
    ]
    expect(lines).toEqual(goldenLines('legacy', 'dump.txt'))
  })

  test('compressed, they begin at the first offset inside', () => {
    expect(legacyIn(segment).map((entry) => [entry.baseOffset, entry.lastOffset, entry.nextOffset])).toEqual([
      [0, 0, 1],
      [1, 1, 2],
      [2, 4, 5],
      [5, 5, 6],
      [6, 6, 7],
      [7, 9, 10],
      [10, 11, 12],
    ])
  })

  test('stand in one log with batches of today', () => {
    const entries = [...entriesIn(Buffer.concat([segment, goldenSegment('codec-java-none-0')]))]
    expect(entries.slice(-2).every((entry) => entry instanceof RecordBatch)).toBe(true)
    expect(entries).toHaveLength(9)
  })

  test('an lz4 frame of format v0 is read though its header checksum is wrong', () => {
    // The block is stored: one message, offset 0, key "k", value "v". Old clients put the second byte of a hash over
    // the magic too; 0x00 stands for any such.
    const inner = Buffer.from('0000000000000000000000101d7a8f36000000000001 6b 00000001 76'.replaceAll(' ', ''), 'hex')
    const message = Buffer.concat([inner.subarray(0, 16), Buffer.from('0000000000016b0000000176', 'hex')])
    const frame = Buffer.concat([
      Buffer.from('04224d18604000', 'hex'),
      Buffer.from([message.length, 0, 0, 0x80]),
      message,
      Buffer.alloc(4),
    ])
    const outer = Buffer.alloc(26)
    outer.writeInt32BE(14 + frame.length, 8)
    outer[17] = 3
    outer.writeInt32BE(-1, 18)
    outer.writeInt32BE(frame.length, 22)
    const [record] = [...new LegacyBatch(Buffer.concat([outer, frame])).records()]
    expect(record).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('v') })
  })

  test('cut short anywhere, the whole ones are read and the tail is left', () => {
    const ends = legacyIn(segment).map((entry) => entry.start + entry.sizeBytes)
    for (let cut = 0; cut < segment.length; cut++) {
      expect(legacyIn(segment.subarray(0, cut))).toHaveLength(ends.filter((end) => end <= cut).length)
    }
  })

  test('with any byte changed are read or refused, never worse', () => {
    for (let at = 0; at < segment.length; at++) {
      for (const bit of [0x01, 0x80]) {
        const bytes = Buffer.from(segment)
        bytes[at]! ^= bit
        try {
          for (const entry of entriesIn(bytes))
            for (const record of entry.records()) expect(record.offset).toBeTypeOf('number')
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytes)
        }
      }
    }
  })
})
