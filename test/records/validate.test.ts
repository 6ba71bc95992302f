import { describe, expect, test } from 'vitest'
import { RecordBatch } from '../../src/records/batch.js'
import { type ProduceRules, validateProduced } from '../../src/records/validate.js'
import { goldenLines, hex } from './golden.js'

interface Recorded {
  readonly case: string
  readonly topic: string
  readonly produceVersion: number
  readonly nowMs: number
  readonly sent: string
  readonly error: string | null
  readonly message?: string
  readonly recordErrors?: object[]
  readonly logStartOffset?: number
  readonly stored?: string
  readonly otherPartitionError?: string | null
}

const LONG_MAX = Number.MAX_SAFE_INTEGER

const DEFAULTS: ProduceRules = {
  compressionType: 'producer',
  timestampType: 'CreateTime',
  beforeMaxMs: LONG_MAX,
  afterMaxMs: 3_600_000,
  compacted: false,
  maxMessageBytes: 1_048_588,
  nowMs: 0,
  topicPartition: '',
  zstdAllowed: true,
}

/** What the topics of the recording were created with. */
const TOPICS: Record<string, Partial<ProduceRules>> = {
  plain: {},
  small: { maxMessageBytes: 200 },
  compact: { compacted: true },
  bounded: { beforeMaxMs: 60_000 },
  'bounded-compact': { beforeMaxMs: 60_000, compacted: true },
  free: { afterMaxMs: LONG_MAX },
  'append-time': { timestampType: 'LogAppendTime' },
  gzip: { compressionType: 'gzip' },
  snappy: { compressionType: 'snappy' },
  lz4: { compressionType: 'lz4' },
  zstd: { compressionType: 'zstd' },
  uncompressed: { compressionType: 'uncompressed' },
  'gzip-append-time': { compressionType: 'gzip', timestampType: 'LogAppendTime' },
  'uncompressed-small': { compressionType: 'uncompressed', maxMessageBytes: 300 },
}

/** Kafka does not look at the lengths of compressed records, and stores what no consumer can read. */
const KEPT_UNREADABLE = /^(gzip|snappy|lz4|zstd): record length (-1|one too few|one too many)$/
/** Java's gzip ends at what is no header; Node's takes nothing but zeros there, so a Node consumer could not read on. */
const ENDS_IN_GARBAGE = /^gzip: (4|40) bytes after$/
/** Kafka answers this one by an accident of how it reads. */
const OTHERWISE_WORDED = new Map([['record length varint of six bytes', { error: 'INVALID_RECORD' }]])

const isUnreadable = (batch: Recorded): boolean => KEPT_UNREADABLE.test(batch.case) || ENDS_IN_GARBAGE.test(batch.case)
const recorded = goldenLines('produced-batches.jsonl').map((line) => JSON.parse(line) as Recorded)

const rulesOf = (batch: Recorded): ProduceRules => ({
  ...DEFAULTS,
  ...TOPICS[batch.topic]!,
  nowMs: batch.nowMs,
  topicPartition: `m-${batch.topic}-0`,
  zstdAllowed: batch.produceVersion >= 7,
})

describe('a produced batch that Kafka refuses', () => {
  test.each(recorded.filter((batch) => batch.error !== null))('is refused alike: $topic, $case', (batch) => {
    expect(validateProduced(hex(batch.sent), rulesOf(batch))).toEqual({
      ok: false,
      error: batch.error,
      message: batch.message ?? null,
      recordErrors: batch.recordErrors ?? [],
      tellsLogStartOffset: batch.logStartOffset === 0,
      concernsRequest:
        batch.otherPartitionError === undefined ? expect.any(Boolean) : batch.otherPartitionError !== null,
      ...OTHERWISE_WORDED.get(batch.case),
    })
  })

  test('spoils the other partitions of its request only when its bytes cannot be told apart', () => {
    const inCompany = recorded.filter((batch) => batch.otherPartitionError !== undefined)
    const verdicts = inCompany.map((batch) => {
      const verdict = validateProduced(hex(batch.sent), rulesOf(batch))
      return [batch.case, !verdict.ok && verdict.concernsRequest]
    })
    expect(verdicts).toEqual(inCompany.map((batch) => [batch.case, batch.otherPartitionError !== null]))
  })
})

describe('a produced batch that Kafka accepts', () => {
  const accepted = recorded.filter((batch) => batch.error === null && !isUnreadable(batch))

  test.each(accepted)('is stored alike: $topic, $case', (batch) => {
    const stored = new RecordBatch(hex(batch.stored!))
    const ours = placed(validateProduced(hex(batch.sent), rulesOf(batch)), stored)
    if (ours.compression === 'none' || ours.bytes().length === stored.bytes().length)
      expect(outline(ours)).toEqual(outline(stored))
    if (batch.stored!.length === batch.sent.length) expect(ours.bytes().toString('hex')).toBe(batch.stored)
    expect(ours.isCrcValid()).toBe(true)
    expect(ours.attributes).toBe(stored.attributes)
    expect([...ours.records()]).toEqual([...stored.records()])
  })

  test.each(recorded.filter(isUnreadable))('is refused here where no consumer could read it: $case', (batch) => {
    expect(() => [...new RecordBatch(hex(batch.stored!)).records()]).toThrow()
    expect(validateProduced(hex(batch.sent), rulesOf(batch))).toMatchObject({
      error: KEPT_UNREADABLE.test(batch.case) ? 'INVALID_RECORD' : 'UNKNOWN_SERVER_ERROR',
    })
  })

  test.each(
    goldenLines('odd-batches.jsonl').map((line) => JSON.parse(line) as { case: string; sent: string; stored: string }),
  )('keeps or loses what is odd about it: $case', ({ sent, stored }) => {
    const rules = { ...DEFAULTS, nowMs: 1795228461012 }
    const ours = placed(validateProduced(hex(sent), rules), new RecordBatch(hex(stored)))
    expect(ours.bytes().toString('hex')).toBe(stored)
  })
})

/** The verdict's batch at the place that the log gave to `stored`. */
function placed(verdict: ReturnType<typeof validateProduced>, stored: RecordBatch): RecordBatch {
  if (!verdict.ok) throw new Error(`${verdict.error} ${verdict.message}`)
  const batch = new RecordBatch(verdict.batch)
  batch.setBaseOffset(stored.baseOffset)
  batch.setPartitionLeaderEpoch(stored.partitionLeaderEpoch)
  expect(verdict).toMatchObject({ recordCount: stored.recordCount, maxTimestamp: stored.maxTimestamp })
  return batch
}

/** The header without checksum and size, which depend on how well a codec packs. */
function outline(batch: RecordBatch): object {
  const { baseOffset, partitionLeaderEpoch, attributes, lastOffsetDelta, baseTimestamp, maxTimestamp } = batch
  const { producerId, producerEpoch, baseSequence, recordCount } = batch
  return {
    ...{ baseOffset, partitionLeaderEpoch, attributes, lastOffsetDelta, baseTimestamp, maxTimestamp },
    ...{ producerId, producerEpoch, baseSequence, recordCount },
  }
}

describe('validateProduced', () => {
  const plain = (): Buffer => hex(recorded[0]!.sent)

  test('refuses null records, which Kafka leaves unanswered', () => {
    expect(validateProduced(null, DEFAULTS)).toMatchObject({ ok: false, error: 'INVALID_RECORD' })
  })

  test('gives back a view of what was sent when nothing has to be packed anew', () => {
    const sent = plain()
    const verdict = validateProduced(sent, { ...DEFAULTS, nowMs: 1700000000000 })
    expect(verdict.ok && verdict.batch.buffer).toBe(sent.buffer)
    expect(verdict).toMatchObject({ ok: true, isRebuilt: false })
  })

  test('refuses a small batch that would become large', () => {
    const sent = hex(recorded.find((batch) => batch.case === 'gzip' && batch.topic === 'gzip')!.sent)
    expect(validateProduced(sent, { ...DEFAULTS, decompressedBytesMax: 100 })).toMatchObject({
      error: 'INVALID_RECORD',
      message: 'gzip: more than 100 bytes when unpacked',
    })
  })

  test('packs anew with the level that the topic names', () => {
    const sent = recorded.find((batch) => batch.case === 'none' && batch.topic === 'gzip')!
    const sizes = [0, 9].map((compressionLevel) => {
      const verdict = validateProduced(hex(sent.sent), { ...rulesOf(sent), compressionLevel })
      return verdict.ok ? verdict.batch.length : 0
    })
    expect(sizes[0]).toBeGreaterThan(hex(sent.sent).length)
    expect(sizes[1]).toBeLessThan(sizes[0]! / 2)
  })
})
