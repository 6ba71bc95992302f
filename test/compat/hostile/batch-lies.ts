import * as at from '../../../src/records/layout.js'
import { type Change, type Liar, withByte } from './liar.js'
import { type OddBatch, oddBytes, oddRecord, withChecksum } from './odd-batch.js'

/** Bends a batch, and may say how. */
type Lie = readonly [what: string, tell: (liar: Liar, batch: OddBatch) => string | undefined]

const INT32S = [-0x80000000, -5, -2, -1, 0, 1, 2, 3, 7, 0x7f, 0x7fff, 0x7ffffffe, 0x7fffffff]
const INT64_MAX = 2n ** 63n - 1n
const LENGTHS = [-(2n ** 31n), -5n, -2n, -1n, 0n, 1n, 2n, 5n, 100n, 10_000n, 2n ** 31n - 1n, 2n ** 32n, INT64_MAX]
/** Around the least that a message of any format has, a batch without its length has, and where its parts end. */
const BATCH_LENGTHS = [...INT32S, 13, 14, 15, 20, 29, 40, 47, 48, 49, 50, 60]
/** Of nobody. */
const PRODUCER_IDS = [-(2n ** 63n), -7n, -2n, -1n]
const EPOCHS = [-0x8000, -2, -1, 0, 1, 0x7fff]
const DELTAS = [-5n, -1n, 2n ** 31n, 2n ** 40n, -(2n ** 40n), 2n ** 53n, INT64_MAX, -(2n ** 63n)]
/** The control record that a transaction ends with, as a coordinator writes it. */
const ABORT_KEY = Buffer.from('00000000', 'hex')
const ABORT_VALUE = Buffer.from('000000000000', 'hex')
/** Messages of formats v0 and v1, without their checksums. */
const OLD_MESSAGES = ['0000 00000000 0000000176', '0100 0000018bcfe56800 ffffffff 0000000176', '0001 ffffffff 00000000']

export const LIES: readonly Lie[] = [
  ...often(4, ['records', (liar, batch) => put(batch.plain, liar.damage())]),
  ...often(4, ['packed', damagePacked]),
  ['packed as', (liar, batch) => put(batch.packed, instead(liar.bytes(liar.oneOf([0, 0, 1, 10, 30]))))],
  ['whole', (liar, batch) => put(batch.whole, liar.damage())],
  ...often(3, ['header byte', headerByte]),
  [
    'record length off by',
    (liar, batch) => set(liar.record(batch), 'lengthLie', liar.oneOf([-1000, -20, -2, -1, 1, 2, 20, 2 ** 30])),
  ],
  ['record attributes', (liar, batch) => set(liar.record(batch), 'attributes', liar.oneOf([1, 0x7f, 0x80, 0xff]))],
  ['timestamp delta', (liar, batch) => set(liar.record(batch), 'timestampDelta', liar.oneOf(DELTAS))],
  ['timestamp', (liar, batch) => set(liar.record(batch), 'timestampDelta', liar.timestamp() - batch.baseTimestamp)],
  ['offset delta', (liar, batch) => set(liar.record(batch), 'offsetDelta', BigInt(liar.oneOf(INT32S)))],
  ['offset deltas times 2', (_, batch) => each(batch, (record) => set(record, 'offsetDelta', 2n * record.offsetDelta))],
  ['offset deltas from 1', (_, batch) => each(batch, (record) => set(record, 'offsetDelta', 1n + record.offsetDelta))],
  ['key length', (liar, batch) => set(liar.record(batch), 'keyLength', liar.oneOf(LENGTHS))],
  ['value length', (liar, batch) => set(liar.record(batch), 'valueLength', liar.oneOf(LENGTHS))],
  ['header count', (liar, batch) => set(liar.record(batch), 'headerCount', liar.oneOf(LENGTHS))],
  ['header key', (liar, batch) => header(liar, batch)],
  ['rest in the record', (liar, batch) => set(liar.record(batch), 'rest', liar.random.bytes(liar.oneOf([1, 3])))],
  ...often(2, ['padded number', paddedNumber]),
  ['no key', (liar, batch) => set(liar.record(batch), 'key', null)],
  ['no records', (_, batch) => void batch.records.splice(0)],
  ['large value of', largeValue],
  [
    'count',
    (liar, batch) => set(batch, 'count', liar.oneOf([...INT32S, batch.records.length + 1, batch.records.length - 1])),
  ],
  ['last offset delta', (liar, batch) => set(batch, 'lastOffsetDelta', liar.oneOf([...INT32S, batch.records.length]))],
  ['base timestamp', (liar, batch) => set(batch, 'baseTimestamp', liar.timestamp())],
  ['max timestamp', (liar, batch) => set(batch, 'maxTimestamp', liar.timestamp())],
  ['codec', (liar, batch) => setBits(batch, liar.oneOf([5, 6, 7]))],
  ...often(2, ['append time', (_, batch) => setBits(batch, at.LOG_APPEND_TIME_BIT)]),
  ['transactional', (_, batch) => setBits(batch, at.TRANSACTIONAL_BIT)],
  ['not transactional', (_, batch) => set(batch, 'attributes', batch.attributes & ~at.TRANSACTIONAL_BIT)],
  ['control', (_, batch) => setBits(batch, at.CONTROL_BIT)],
  ['control record', controlRecord],
  ['delete horizon', (_, batch) => setBits(batch, at.DELETE_HORIZON_BIT)],
  ['attribute bits', (liar, batch) => setBits(batch, liar.oneOf([0x80, 0x100, 0x4000, 0x8000, 0xff80]))],
  ['producer', (liar, batch) => void liar.giveProducer(batch)],
  [
    'producer id',
    (liar, batch) => set(batch, 'producerId', liar.oneOf([...PRODUCER_IDS, INT64_MAX - liar.producerId])),
  ],
  ['producer epoch', (liar, batch) => set(batch, 'producerEpoch', liar.oneOf(EPOCHS))],
  ['sequence', (liar, batch) => set(batch, 'baseSequence', liar.oneOf(INT32S))],
  ['after another', (liar, batch) => void liar.follow(batch)],
  ['sequence of another', (liar, batch) => set(batch, 'baseSequence', liar.follow(batch).baseSequence)],
  ['sequence after another', (liar, batch) => set(following(liar, batch), 'baseSequence', liar.oneOf(INT32S))],
  ['epoch after another', (liar, batch) => set(following(liar, batch), 'producerEpoch', liar.oneOf(EPOCHS))],
  ...often(2, [
    'length',
    (liar, batch) =>
      put(
        batch.whole,
        int32At(at.BATCH_LENGTH, () => liar.oneOf(BATCH_LENGTHS)),
      ),
  ]),
  ['length off', lengthOff],
  [
    'leader epoch',
    (liar, batch) =>
      put(
        batch.whole,
        int32At(at.LEADER_EPOCH, () => liar.oneOf(INT32S)),
      ),
  ],
  [
    'base offset',
    (liar, batch) =>
      put(
        batch.whole,
        int32At(liar.oneOf([0, 4]), () => liar.oneOf(INT32S)),
      ),
  ],
  ['magic', magic],
  [
    'checksum',
    (_, batch) => put(batch.whole, { what: '', change: (bytes) => withByte(bytes, at.CRC, (byte) => byte ^ 1) }),
  ],
  ['another after it', (liar, batch) => put(batch.whole, after(another(liar)))],
  ['part of another after it', (liar, batch) => put(batch.whole, after(partOf(another(liar), liar)))],
  ['only a part', (liar, batch) => put(batch.whole, only(liar.oneOf([0, 1, 11, 12, 16, 17, 21, 27, 60, 61])))],
  ['old message', (liar, batch) => put(batch.whole, instead(oldMessage(liar)))],
]

function often(times: number, lie: Lie): Lie[] {
  return Array.from({ length: times }, () => lie)
}

function set<T, Name extends keyof T>(target: T, name: Name, value: T[Name]): string {
  target[name] = value
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value)
}

function setBits(batch: OddBatch, bits: number): string {
  return set(batch, 'attributes', batch.attributes | bits)
}

function each({ records }: OddBatch, change: (record: OddBatch['records'][number]) => unknown): undefined {
  records.forEach(change)
}

function following(liar: Liar, batch: OddBatch): OddBatch {
  liar.follow(batch)
  return batch
}

function put(changes: OddBatch['whole'], { what, change }: Change): string {
  changes.push(change)
  return what
}

function damagePacked(liar: Liar, batch: OddBatch): string {
  if (batch.codec === 0) batch.codec = liar.oneOf([1, 2, 3, 4])
  return `by ${batch.codec}: ${put(batch.packed, liar.damage())}`
}

/** With a checksum that covers it, so that it is looked at. */
function headerByte(liar: Liar, batch: OddBatch): string {
  const place = liar.random.int(at.BATCH_OVERHEAD_BYTES)
  const value = liar.oneOf([0, 1, 2, 0x7f, 0x80, 0xff])
  const change = (bytes: Buffer): Buffer => {
    if (bytes.length < at.BATCH_OVERHEAD_BYTES) return bytes
    const changed = withByte(bytes, place, () => value)
    return place >= at.ATTRIBUTES ? withChecksum(changed) : changed
  }
  return put(batch.whole, { what: `${place} is ${value}`, change })
}

function header(liar: Liar, batch: OddBatch): string {
  const key = liar.oneOf([null, Buffer.from('c328ff', 'hex'), Buffer.alloc(0)])
  liar.record(batch).headers.push({ key, value: null })
  return key?.toString('hex') ?? 'null'
}

function paddedNumber(liar: Liar, batch: OddBatch): string {
  const [place, bytes] = [liar.random.int(8), liar.oneOf([1, 3, 4, 5, 8, 9, 10])]
  liar.record(batch).padded = { place, bytes }
  return `${place} by ${bytes}`
}

function largeValue(liar: Liar, batch: OddBatch): string {
  const value = liar.bytes(liar.oneOf([100, 130, 200, 250, 400]))
  liar.record(batch).value = value
  return `${value.length}`
}

function controlRecord(_: Liar, batch: OddBatch): string {
  batch.records.splice(0, batch.records.length, oddRecord(0, ABORT_KEY, ABORT_VALUE))
  return setBits(batch, at.CONTROL_BIT | at.TRANSACTIONAL_BIT)
}

function int32At(place: number, value: () => number): Change {
  const given = value()
  const change = (bytes: Buffer): Buffer => {
    const changed = Buffer.from(bytes)
    if (bytes.length >= place + 4) changed.writeInt32BE(given, place)
    return changed
  }
  return { what: `${given} at ${place}`, change }
}

function lengthOff(liar: Liar, batch: OddBatch): string {
  const by = liar.oneOf([-20, -2, -1, 1, 2, 20])
  const change = (bytes: Buffer): Buffer =>
    bytes.length < at.LENGTH_PREFIX_BYTES
      ? bytes
      : int32At(at.BATCH_LENGTH, () => (bytes.readInt32BE(at.BATCH_LENGTH) + by) | 0).change(bytes)
  return put(batch.whole, { what: `by ${by}`, change })
}

function magic(liar: Liar, batch: OddBatch): string {
  const value = liar.oneOf([0, 1, 3, 0x7f, 0x80, 0xff])
  const change = (bytes: Buffer): Buffer => (bytes.length > at.MAGIC ? withByte(bytes, at.MAGIC, () => value) : bytes)
  return put(batch.whole, { what: `${value}`, change })
}

function another(liar: Liar): Buffer {
  return oddBytes(liar.honestBatch('plain'))
}

function partOf(bytes: Buffer, liar: Liar): Buffer {
  return bytes.subarray(0, liar.oneOf([1, 5, 11, 12, 16, 17, 30, 60, bytes.length - 1]))
}

function after(more: Buffer): Change {
  return { what: `${more.length} bytes`, change: (bytes) => Buffer.concat([bytes, more]) }
}

function only(count: number): Change {
  return { what: `of ${count} bytes`, change: (bytes) => bytes.subarray(0, count) }
}

function instead(bytes: Buffer): Change {
  return { what: bytes.toString('hex'), change: () => bytes }
}

function oldMessage(liar: Liar): Buffer {
  const body = Buffer.from(liar.oneOf(OLD_MESSAGES).replaceAll(' ', ''), 'hex')
  const bytes = Buffer.concat([Buffer.alloc(16), body])
  bytes.writeInt32BE(4 + body.length, at.BATCH_LENGTH)
  return bytes
}
