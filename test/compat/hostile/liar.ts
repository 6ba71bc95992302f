import type { Random } from '../../../src/base/random.js'
import { TRANSACTIONAL_BIT } from '../../../src/records/layout.js'
import { type OddBatch, type OddRecord, oddBatch, oddRecord } from './odd-batch.js'

/** What is done to bytes, and how that is told. */
export interface Change {
  readonly what: string
  readonly change: (bytes: Buffer) => Buffer
}

/** Whether batches are sent in one; `unknown`: of an id that nobody has begun one with. */
export type Transaction = 'none' | 'open' | 'unknown'

/** Stands for the producer of the transaction that is open when the batch is sent; its epoch is counted from that one's. */
export const TRANSACTIONS_PRODUCER = 999_999n
const ODD_BYTES = [0, 1, 2, 0x7f, 0x80, 0xff]
const LONG_AGO = 1_700_000_000_000n

/** Makes a batch with nothing wrong, and knows by chance what may be wrong about it. */
export class Liar {
  /** Sent before, by the same producer. */
  before: OddBatch | null = null
  #transaction: Transaction = 'none'

  constructor(
    readonly random: Random,
    readonly nowMs: bigint,
    readonly producerId: bigint,
  ) {}

  /** For the batches to come. */
  enter(transaction: Transaction): void {
    this.#transaction = transaction
  }

  honestBatch(topic: string): OddBatch {
    const count = this.oneOf([1, 1, 2, 3, 5])
    const records = Array.from({ length: count }, (_, place) => this.#honestRecord(place, topic.includes('compact')))
    const batch = oddBatch(records, topic.includes('bounded') || this.random.int(2) === 0 ? this.nowMs : LONG_AGO)
    batch.codec = this.oneOf([0, 0, 1, 2, 3, 4])
    if (this.#transaction !== 'none' || this.random.int(3) === 0) this.giveProducer(batch)
    return batch
  }

  #honestRecord(place: number, needsKey: boolean): OddRecord {
    const key = needsKey || this.random.int(2) === 0 ? this.bytes(this.oneOf([0, 1, 4])) : null
    const value = this.random.int(6) === 0 ? null : this.bytes(this.oneOf([0, 1, 5, 20, 60]))
    const record = oddRecord(place, key, value)
    record.timestampDelta = BigInt(place % 3)
    if (this.random.int(4) === 0)
      record.headers.push({ key: Buffer.from('h'), value: this.random.int(2) === 0 ? null : Buffer.from('v') })
    return record
  }

  /** One that nobody has heard of. */
  giveProducer(batch: OddBatch): void {
    const isInTransaction = this.#transaction !== 'none'
    batch.producerId = this.#transaction === 'open' ? TRANSACTIONS_PRODUCER : this.producerId
    batch.producerEpoch = isInTransaction ? 0 : this.oneOf([0, 0, 3])
    batch.baseSequence = isInTransaction ? 0 : this.oneOf([0, 0, 5, 0x7fffffff])
    if (isInTransaction) batch.attributes |= TRANSACTIONAL_BIT
  }

  /** The producer sends another batch first, and `batch` is the next. */
  follow(batch: OddBatch): OddBatch {
    if (batch.producerId < 0n) this.giveProducer(batch)
    const key = Buffer.from('k')
    this.before = oddBatch([oddRecord(0, key, Buffer.from('v')), oddRecord(1, key, null)], this.nowMs)
    this.before.attributes = batch.attributes & TRANSACTIONAL_BIT
    this.before.producerId = batch.producerId
    this.before.producerEpoch = batch.producerEpoch
    this.before.baseSequence = this.#transaction !== 'none' ? 0 : this.oneOf([0, 5, 0x7fffffff, 0x7ffffffe])
    const next = this.before.baseSequence + 2
    batch.baseSequence = next > 0x7fffffff ? next - 2 ** 31 : next
    return this.before
  }

  record(batch: OddBatch): OddRecord {
    return batch.records.length === 0 ? oddRecord(0, null, null) : this.oneOf(batch.records)
  }

  /** A timestamp that somebody may have thought of. */
  timestamp(): bigint {
    const near = [0n, -30_000n, -120_000n, -86_400_000n, 86_400_000n, 1000n].map((ms) => this.nowMs + ms)
    return this.oneOf([...near, 0n, -1n, -2n, -100n, 2n ** 52n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])
  }

  /** By chance nothing but noise, or what can be packed well. */
  bytes(count: number): Buffer {
    return this.random.int(2) === 0 ? this.random.bytes(count) : Buffer.alloc(count, 'abc')
  }

  damage(): Change {
    const where = this.random.int(2 ** 30)
    const many = this.oneOf([1, 2, 4, 8, 20])
    const value = this.oneOf(ODD_BYTES)
    const noise = this.random.bytes(many)
    return this.oneOf<Change>([
      { what: `cut by ${many}`, change: (bytes) => bytes.subarray(0, Math.max(0, bytes.length - many)) },
      { what: `${many} bytes after`, change: (bytes) => Buffer.concat([bytes, noise]) },
      { what: `${many} zeros after`, change: (bytes) => Buffer.concat([bytes, Buffer.alloc(many)]) },
      { what: 'twice', change: (bytes) => Buffer.concat([bytes, bytes]) },
      {
        what: `bit flipped at ${where}`,
        change: (bytes) => withByte(bytes, where, (byte) => byte ^ (1 << (where % 8))),
      },
      { what: `byte ${value} at ${where}`, change: (bytes) => withByte(bytes, where, () => value) },
    ])
  }

  oneOf<T>(all: readonly T[]): T {
    return all[this.random.int(all.length)]!
  }
}

/** Changed at `place`, counted around. */
export function withByte(bytes: Buffer, place: number, change: (byte: number) => number): Buffer {
  const changed = Buffer.from(bytes)
  if (bytes.length > 0) changed[place % bytes.length] = change(bytes[place % bytes.length]!)
  return changed
}
