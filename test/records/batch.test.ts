import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { batchesIn, RecordBatch } from '../../src/records/batch.js'
import { dumpLines } from './dump.js'
import { goldenLines, goldenPartitions, goldenSegment, hex } from './golden.js'

const TWO_RECORDS = hex(
  '000000000000000000000047ffffffff022b3eb7f10000000000010000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff0000000210000000026b02760018000a02010476320202680278',
)

describe('a record batch', () => {
  test.each(goldenPartitions())('of %s reads as the dump tool of Kafka prints it', (partition) => {
    const lines = ['Log starting offset: 0']
    for (const batch of batchesIn(goldenSegment(partition))) lines.push(...dumpLines(batch, batch.start))
    expect(lines).toEqual(goldenLines('dump', `${partition}.txt`))
  })

  test.each(goldenPartitions().filter((name) => name.startsWith('codec-java')))(
    'of %s carries the same headers whatever the codec',
    (partition) => {
      const headers = (name: string) =>
        [...batchesIn(goldenSegment(name))].flatMap((batch) => [...batch.records()].map((record) => record.headers))
      expect(headers(partition)).toEqual(headers('codec-java-none-0'))
      expect(headers(partition).flat()).toContainEqual({ key: 'null-value', value: null })
      expect(headers(partition).flat()).toContainEqual({ key: 'empty', value: Buffer.alloc(0) })
    },
  )

  test('has its fields where the format puts them', () => {
    const batch = new RecordBatch(TWO_RECORDS)
    expect(batch).toMatchObject({
      baseOffset: 0,
      batchLength: 71,
      sizeBytes: 83,
      partitionLeaderEpoch: -1,
      magic: 2,
      crc: 0x2b3eb7f1,
      attributes: 0,
      compression: 'none',
      timestampType: 'CreateTime',
      lastOffset: 1,
      nextOffset: 2,
      baseTimestamp: 1700000000000,
      maxTimestamp: 1700000000005,
      producerId: -1n,
      producerEpoch: -1,
      baseSequence: -1,
      lastSequence: -1,
      recordCount: 2,
    })
    expect([...batch.records()]).toEqual([
      { offset: 0, timestamp: 1700000000000, key: hex('6b'), value: hex('76'), headers: [], sequence: -1 },
      {
        offset: 1,
        timestamp: 1700000000005,
        key: null,
        value: Buffer.from('v2'),
        headers: [{ key: 'h', value: Buffer.from('x') }],
        sequence: -1,
      },
    ])
  })

  test('takes base offset and leader epoch in place, under its checksum', () => {
    const batch = new RecordBatch(Buffer.from(TWO_RECORDS))
    batch.setBaseOffset(100)
    batch.setPartitionLeaderEpoch(7)
    expect(batch.bytes().toString('hex', 0, 21)).toBe('00000000000000640000004700000007022b3eb7f1')
    expect(batch.bytes().subarray(21)).toEqual(TWO_RECORDS.subarray(21))
    expect(batch.isCrcValid()).toBe(true)
  })

  test('takes the time of appending with a new checksum; then it is the timestamp of every record', () => {
    const batch = new RecordBatch(Buffer.from(TWO_RECORDS))
    batch.setMaxTimestamp('LogAppendTime', 1800000000000)
    expect(batch.crc).not.toBe(0x2b3eb7f1)
    expect(batch.isCrcValid()).toBe(true)
    expect([...batch.records()].map((record) => record.timestamp)).toEqual([1800000000000, 1800000000000])
    batch.setMaxTimestamp('CreateTime', 1700000000005)
    expect(batch.bytes()).toEqual(TWO_RECORDS)
  })

  test('counts sequences of its records from 0 again after 2^31 - 1', () => {
    const bytes = Buffer.from(TWO_RECORDS)
    bytes.writeInt32BE(2 ** 31 - 1, 53)
    const batch = new RecordBatch(bytes)
    expect(batch.lastSequence).toBe(0)
    expect([...batch.records()].map((record) => record.sequence)).toEqual([2 ** 31 - 1, 0])
  })

  test('says so when its codec is unknown, and cannot be unpacked', () => {
    const bytes = Buffer.from(TWO_RECORDS)
    bytes.writeInt16BE(6, 21)
    const batch = new RecordBatch(bytes)
    expect(batch.compression).toBe('unknown')
    expect(batch.compressionId).toBe(6)
    expect(() => [...batch.records()]).toThrow(MalformedBytes)
  })

  test.each([
    ['a header cut short', (b: Buffer) => b.subarray(0, 60)],
    ['another magic', (b: Buffer) => b.fill(1, 16, 17)],
    ['a length below the header', (b: Buffer) => b.fill(48, 11, 12)],
    ['a negative length', (b: Buffer) => b.fill(255, 8, 12)],
  ])('with %s is malformed', (_, spoil) => {
    expect(() => new RecordBatch(spoil(Buffer.from(TWO_RECORDS)))).toThrow(MalformedBytes)
  })

  test('that is cut short has a header, but no valid checksum and no records', () => {
    const batch = new RecordBatch(TWO_RECORDS.subarray(0, 70))
    expect(batch.lastOffset).toBe(1)
    expect(batch.isWhole).toBe(false)
    expect(batch.isCrcValid()).toBe(false)
    expect(() => batch.records()).toThrow(MalformedBytes)
  })

  test('with fewer or more records than it counts is malformed', () => {
    for (const count of [0, 1, 3, -1, 2 ** 31 - 1]) {
      const bytes = Buffer.from(TWO_RECORDS)
      bytes.writeInt32BE(count, 57)
      expect(() => [...new RecordBatch(bytes).records()]).toThrow(MalformedBytes)
    }
  })
})

describe('batchesIn', () => {
  const three = Buffer.concat([TWO_RECORDS, TWO_RECORDS, TWO_RECORDS])

  test('stops before a batch that is cut short, wherever it is cut', () => {
    for (let end = 0; end <= three.length; end++) {
      expect([...batchesIn(three.subarray(0, end))]).toHaveLength(Math.floor(end / TWO_RECORDS.length))
      expect([...batchesIn(three, 0, end)]).toHaveLength(Math.floor(end / TWO_RECORDS.length))
    }
  })

  test('starts where it is told', () => {
    expect([...batchesIn(three, TWO_RECORDS.length)].map((batch) => batch.start)).toEqual([83, 166])
  })

  test('refuses a length that cannot be', () => {
    const bytes = Buffer.from(three)
    bytes.writeInt32BE(-5, 83 + 8)
    expect(() => [...batchesIn(bytes)]).toThrow(MalformedBytes)
  })
})
