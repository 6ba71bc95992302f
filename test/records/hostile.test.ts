import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { batchesIn, RecordBatch } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'
import { compress } from '../../src/records/compression.js'
import type { Compression } from '../../src/records/layout.js'
import { type ProduceRules, validateProduced } from '../../src/records/validate.js'
import { numbers } from './noise.js'

const CODECS: Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

const RULES: ProduceRules = {
  compressionType: 'producer',
  timestampType: 'CreateTime',
  beforeMaxMs: 60_000,
  afterMaxMs: 60_000,
  compacted: true,
  maxMessageBytes: 1_048_588,
  nowMs: 1700000000000,
  topicPartition: 't-0',
  zstdAllowed: true,
  decompressedBytesMax: 100_000,
}

const batchOf = (compression: Compression): Buffer =>
  buildBatch({
    compression,
    records: Array.from({ length: 8 }, (_, i) => ({
      timestamp: 1700000000000 + i,
      key: i % 3 === 0 ? null : Buffer.from(`key ${i}`),
      value: Buffer.from('value '.repeat(i)),
      headers: i % 2 === 0 ? [{ key: 'h', value: Buffer.from('x') }] : [],
    })),
  })

/** The batch with its checksum made right, so that a change behind it is looked at. */
function sealed(bytes: Buffer): Buffer {
  if (bytes.length < 61) return bytes
  const batch = new RecordBatch(bytes)
  if (!batch.isWhole) return bytes
  const wanted = batch.maxTimestamp
  batch.setMaxTimestamp(batch.timestampType, wanted === 0 ? 1 : 0)
  batch.setMaxTimestamp(batch.timestampType, wanted)
  return bytes
}

function read(bytes: Buffer): number {
  let bytesRead = 0
  for (const batch of batchesIn(bytes))
    for (const record of batch.records(100_000)) bytesRead += (record.key?.length ?? 0) + (record.value?.length ?? 0)
  return bytesRead
}

const mutations = (original: Buffer, count: number, seed: number): Buffer[] => {
  const next = numbers(seed)
  return Array.from({ length: count }, () => {
    const bytes = Buffer.from(original)
    for (let changes = 1 + next(4); changes > 0; changes--) {
      const at = 8 + next(bytes.length - 8)
      bytes[at] = [0x00, 0xff, 0x7f, 0x80, next(256), bytes[at]! ^ (1 << next(8))][next(6)]!
    }
    bytes[16] = 2
    return bytes
  })
}

describe.each(CODECS)('a batch of codec %s that somebody tampered with', (codec) => {
  const original = batchOf(codec)

  test('is read, or refused as malformed, and never yields more than it may', () => {
    for (const bytes of mutations(original, 4000, 7)) {
      try {
        expect(read(bytes)).toBeLessThanOrEqual(100_000)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBytes)
      }
    }
  })

  test('is accepted or refused with an error of Kafka, its checksum being right', () => {
    const verdicts = new Set<string>()
    for (const bytes of mutations(original, 4000, 11)) {
      bytes.writeInt32BE(original.length - 12, 8)
      bytes.fill(0, 0, 8)
      const produced = sealed(bytes)
      const verdict = validateProduced(produced, RULES)
      verdicts.add(verdict.ok ? 'accepted' : verdict.error)
      if (!verdict.ok) continue
      const batch = new RecordBatch(verdict.batch)
      expect(batch.isCrcValid()).toBe(true)
      expect([...batch.records(100_000)]).toHaveLength(batch.recordCount)
    }
    expect([...verdicts]).toContain('INVALID_RECORD')
    expect([...verdicts]).not.toContain('CORRUPT_MESSAGE')
  })

  test('is refused when cut short anywhere', () => {
    for (let length = 0; length < original.length; length++) {
      const cut = original.subarray(0, length)
      expect(validateProduced(cut, RULES).ok).toBe(false)
      expect(() => new RecordBatch(cut).records()).toThrow(MalformedBytes)
      if (length < 62) continue
      const shorter = Buffer.from(cut)
      shorter.writeInt32BE(length - 12, 8)
      expect(validateProduced(sealed(shorter), RULES).ok).toBe(false)
    }
  })
})

describe('a small batch that holds very many records', () => {
  const count = 500_000
  /** No key, no value, all at offset delta 0. */
  const record = Buffer.from('0c000000010100', 'hex')
  const bomb = (): Buffer => {
    const payload = compress('gzip', Buffer.alloc(count * record.length, record))
    const bytes = Buffer.concat([batchOf('gzip').subarray(0, 61), payload])
    bytes.writeInt32BE(bytes.length - 12, 8)
    bytes.writeInt32BE(count - 1, 23)
    bytes.writeInt32BE(count, 57)
    return sealed(bytes)
  }
  const rules: ProduceRules = { ...RULES, decompressedBytesMax: count * record.length }

  test('is packed anew, and refused when it has grown too large', () => {
    const toLz4: ProduceRules = { ...rules, compacted: false, compressionType: 'lz4' }
    expect(validateProduced(bomb(), { ...toLz4, maxMessageBytes: 100_000_000 })).toMatchObject({
      ok: true,
      recordCount: count,
      isRebuilt: true,
    })
    expect(validateProduced(bomb(), toLz4)).toMatchObject({ ok: false, error: 'MESSAGE_TOO_LARGE' })
  })

  test('has all its bad records counted, and as many told as an answer can carry', () => {
    const verdict = validateProduced(bomb(), rules)
    if (verdict.ok) throw new Error('accepted')
    expect(verdict.message).toContain(`due to ${count} record errors in total`)
    expect(verdict.recordErrors).toHaveLength(10_000)
  })
})
