import { describe, expect, test } from 'vitest'
import { type ChunkSource, FetchedChunk } from '../../../src/client/consumer/fetched-chunk.js'
import { RecordBatch } from '../../../src/records/batch.js'
import { buildBatch } from '../../../src/records/builder.js'

const at = (baseOffset: number, ...values: string[]) => ({
  baseOffset,
  records: values.map((value) => ({ timestamp: 5, key: null, value: Buffer.from(value) })),
})
const inTransaction = (producerId: bigint) => ({ producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true })
const marker = (baseOffset: number, producerId: bigint, type: 'ABORT' | 'COMMIT') =>
  buildBatch({
    baseOffset,
    producerId,
    producerEpoch: 0,
    isTransactional: true,
    isControl: true,
    records: [{ timestamp: 5, key: Buffer.from([0, 0, 0, type === 'ABORT' ? 0 : 1]), value: Buffer.alloc(6) }],
  })

function chunkOf(batches: Buffer[], source: Partial<ChunkSource> = {}): FetchedChunk {
  const bytes = Buffer.concat(batches)
  return new FetchedChunk({
    topic: 't',
    partition: 0,
    fromOffset: 0,
    aborted: null,
    checksCrcs: true,
    bytes,
    ...source,
  })
}

const valuesOf = (chunk: FetchedChunk): string[] => [...chunk.records()].map(({ value }) => String(value))

describe('what a fetch brought', () => {
  test('is read from the wanted offset on, though the batch begins earlier', () => {
    const chunk = chunkOf([buildBatch(at(0, 'a', 'b', 'c'))], { fromOffset: 1 })
    expect(valuesOf(chunk)).toEqual(['b', 'c'])
  })

  test('counts as read as far as records were taken', () => {
    const chunk = chunkOf([buildBatch(at(0, 'a', 'b')), buildBatch(at(2, 'c'))])
    const records = chunk.records()
    expect(chunk.position).toBe(0)
    records.next()
    expect(chunk.position).toBe(1)
    for (const _ of records);
    expect(chunk.position).toBe(3)
    expect(chunk.endPosition()).toBe(3)
  })

  test('may end in the middle of a batch, which is left for the next fetch', () => {
    const second = buildBatch(at(1, 'b'))
    const chunk = chunkOf([buildBatch(at(0, 'a')), second.subarray(0, second.length - 1)])
    expect(valuesOf(chunk)).toEqual(['a'])
    expect(chunk.position).toBe(1)
  })

  test('leaves out markers, and moves past them', () => {
    const chunk = chunkOf([buildBatch({ ...at(0, 'a'), ...inTransaction(1n) }), marker(1, 1n, 'COMMIT')])
    expect(valuesOf(chunk)).toEqual(['a'])
    expect(chunk.position).toBe(2)
  })

  test('leaves out what was aborted, until the marker, and nothing of other producers', () => {
    const batches = [
      buildBatch({ ...at(0, 'aborted'), ...inTransaction(1n) }),
      buildBatch({ ...at(1, 'other'), ...inTransaction(2n) }),
      buildBatch(at(2, 'plain')),
      marker(3, 1n, 'ABORT'),
      buildBatch({ ...at(4, 'later'), ...inTransaction(1n) }),
      marker(5, 1n, 'COMMIT'),
      marker(6, 2n, 'COMMIT'),
    ]
    const aborted = [{ producerId: 1n, firstOffset: 0 }]
    expect(valuesOf(chunkOf(batches, { aborted }))).toEqual(['other', 'plain', 'later'])
    expect(valuesOf(chunkOf(batches))).toEqual(['aborted', 'other', 'plain', 'later'])
  })

  test('shows the time of the log where the log set it', () => {
    const [record] = chunkOf([
      buildBatch({ ...at(0, 'a'), timestampType: 'LogAppendTime', maxTimestamp: 99 }),
    ]).records()
    expect(record).toMatchObject({ timestampType: 'LogAppendTime', timestamp: 99 })
  })

  test('knows the leader epoch of the last record read', () => {
    const chunk = chunkOf([buildBatch({ ...at(0, 'a'), leaderEpoch: 4 })])
    expect(chunk.leaderEpoch).toBe(-1)
    valuesOf(chunk)
    expect(chunk.leaderEpoch).toBe(4)
  })

  test('gives no more once it is revoked', () => {
    const chunk = chunkOf([buildBatch(at(0, 'a', 'b', 'c'))])
    const read: string[] = []
    for (const { value } of chunk.records()) {
      read.push(String(value))
      chunk.revoke()
    }
    expect(read).toEqual(['a'])
    expect(chunk.position).toBe(1)
  })

  test('is refused where its checksum is wrong, unless nobody wants to know', () => {
    const damaged = buildBatch(at(0, 'a'))
    damaged[damaged.length - 2]! ^= 1
    expect(new RecordBatch(damaged).isCrcValid()).toBe(false)
    expect(() => valuesOf(chunkOf([damaged]))).toThrow('Record batch for partition t-0 at offset 0 is invalid')
    expect(valuesOf(chunkOf([damaged], { checksCrcs: false }))).toHaveLength(1)
  })

  test('is refused where it is no batch', () => {
    expect(() => chunkOf([Buffer.alloc(100, 0xff)]).endPosition()).toThrow(
      'Received exception when fetching the next record from t-0',
    )
  })
})
