import { BATCH_OVERHEAD_BYTES } from '../../records/batch.js'
import type { ProducerRecord } from './record.js'

/** Memory of a record beyond its bytes: the objects that hold it here. */
const OBJECT_BYTES = 200

/** Records on their way to one partition, sent and acknowledged as one. */
export class ProducerBatch {
  readonly records: ProducerRecord[]
  /** In the log, before compression, at most. */
  bytes = BATCH_OVERHEAD_BYTES
  memoryBytes = 0
  /** How often it was sent in vain. */
  failures = 0
  /** Of its first record; null until it is sent, or when it must get another. */
  sequence: number | null = null
  /** Its place among the batches of the partition, from when it is first sent. */
  order = Number.POSITIVE_INFINITY
  /** Nothing is added any more. */
  isFull = false

  constructor(
    readonly partition: number,
    readonly createdAtMs: number,
    records: ProducerRecord[] = [],
  ) {
    this.records = records
  }

  get count(): number {
    return this.records.length
  }

  add(record: ProducerRecord, bytes: number): void {
    this.records.push(record)
    this.bytes += bytes
    this.memoryBytes += memoryBytesOf(bytes)
  }

  /** In two, for a broker that takes smaller batches only. Their sequences stay those of this one. */
  halves(): [ProducerBatch, ProducerBatch] {
    const middle = Math.ceil(this.count / 2)
    const half = (records: ProducerRecord[], sequence: number | null): ProducerBatch => {
      const batch = new ProducerBatch(this.partition, this.createdAtMs, records)
      const share = records.length / this.count
      batch.bytes = Math.ceil(this.bytes * share)
      batch.memoryBytes = this.memoryBytes * share
      batch.sequence = sequence
      batch.order = this.order
      batch.isFull = true
      return batch
    }
    const second = this.sequence === null ? null : sequenceAfter(this.sequence, middle)
    return [half(this.records.slice(0, middle), this.sequence), half(this.records.slice(middle), second)]
  }
}

/** What a record of `bytes` takes here. */
export function memoryBytesOf(bytes: number): number {
  return bytes + OBJECT_BYTES
}

const SEQUENCES = 2 ** 31

/** After 2^31 - 1 comes 0. */
export function sequenceAfter(sequence: number, count: number): number {
  return (sequence + count) % SEQUENCES
}
