import { describe, expect, test } from 'vitest'
import { RecordBatch } from '../../src/records/batch.js'
import { buildBatch, type RecordInput } from '../../src/records/builder.js'

const RECORDS: RecordInput[] = [
  { timestamp: 1700000000000, key: Buffer.from('k'), value: Buffer.from('v') },
  {
    timestamp: 1700000000005,
    key: null,
    value: Buffer.from('v2'),
    headers: [{ key: 'h', value: Buffer.from('x') }],
  },
]

describe('buildBatch', () => {
  test('writes the bytes that other clients write', () => {
    expect(buildBatch({ records: RECORDS }).toString('hex')).toBe(
      '000000000000000000000047ffffffff022b3eb7f10000000000010000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff0000000210000000026b02760018000a02010476320202680278',
    )
  })

  test('puts every option in its field', () => {
    const batch = new RecordBatch(
      buildBatch({
        records: RECORDS,
        baseOffset: 2 ** 40,
        leaderEpoch: 9,
        compression: 'gzip',
        level: 1,
        timestampType: 'LogAppendTime',
        producerId: 2n ** 62n,
        producerEpoch: 3,
        baseSequence: 17,
        isTransactional: true,
        isControl: true,
        maxTimestamp: 1800000000000,
      }),
    )
    expect(batch.isCrcValid()).toBe(true)
    expect(batch).toMatchObject({
      baseOffset: 2 ** 40,
      partitionLeaderEpoch: 9,
      attributes: 0x39,
      producerId: 2n ** 62n,
      producerEpoch: 3,
      baseSequence: 17,
      lastSequence: 18,
      maxTimestamp: 1800000000000,
    })
    expect([...batch.records()].map((record) => record.timestamp)).toEqual([1800000000000, 1800000000000])
  })

  test('keeps offset deltas and the last one, as compaction needs', () => {
    const [first, second] = RECORDS as [RecordInput, RecordInput]
    const batch = new RecordBatch(
      buildBatch({
        baseOffset: 50,
        lastOffsetDelta: 9,
        records: [
          { ...first, offsetDelta: 2 },
          { ...second, offsetDelta: 7 },
        ],
      }),
    )
    expect(batch.lastOffset).toBe(59)
    expect([...batch.records()].map((record) => record.offset)).toEqual([52, 57])
    expect(new RecordBatch(buildBatch({ records: [{ ...first, offsetDelta: 4 }] })).lastOffset).toBe(4)
  })

  test('replaces the base timestamp by the delete horizon, and keeps the records at their time', () => {
    const batch = new RecordBatch(buildBatch({ records: RECORDS, deleteHorizonMs: 1750000000000 }))
    expect(batch.deleteHorizonMs).toBe(1750000000000)
    expect(batch.maxTimestamp).toBe(1700000000005)
    expect([...batch.records()].map((record) => record.timestamp)).toEqual([1700000000000, 1700000000005])
  })

  test('can be empty, as compaction leaves the last batch of a producer', () => {
    const batch = new RecordBatch(buildBatch({ records: [], baseOffset: 7, lastOffsetDelta: 4, maxTimestamp: 12 }))
    expect(batch).toMatchObject({ sizeBytes: 61, recordCount: 0, lastOffset: 11, maxTimestamp: 12 })
    expect([...batch.records()]).toEqual([])
  })

  test('holds what strains lengths: empty keys, long values, many headers, text beyond ASCII, times before 1970', () => {
    const records: RecordInput[] = [
      { timestamp: -5, key: Buffer.alloc(0), value: Buffer.alloc(100_000, 'v') },
      { timestamp: 2 ** 52, key: Buffer.alloc(200, 'k'), value: null },
      {
        timestamp: 0,
        key: null,
        value: null,
        headers: Array.from({ length: 300 }, (_, i) => ({ key: `ключ ${i}`, value: i % 2 ? null : Buffer.alloc(i) })),
      },
    ]
    const read = [...new RecordBatch(buildBatch({ records })).records()]
    expect(
      read.map(({ timestamp, key, value, headers }) => ({
        timestamp,
        key,
        value,
        ...(headers.length ? { headers } : {}),
      })),
    ).toEqual(records)
  })
})
