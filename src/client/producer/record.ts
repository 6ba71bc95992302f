import { varintSize } from '../../bytes/varint.js'
import { BATCH_OVERHEAD_BYTES } from '../../records/batch.js'

export interface ProducerRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[]
  /** Milliseconds since 1970. */
  readonly timestamp: number
  /** Where it goes; null or left out: where its key or the producer says. */
  readonly partition?: number | null
}

/** What Kafka's producer counts for a record's length, attributes, timestamp and offset, whatever they take. */
const OVERHEAD_BYTES_MAX = 21

/** Bytes that the record takes in a batch at most, reckoned as Kafka's producer does for its limits. */
export function recordBytesMax({ key, value, headers }: ProducerRecord): number {
  let bytes = OVERHEAD_BYTES_MAX + fieldBytes(key) + fieldBytes(value) + varintSize(headers.length)
  for (const header of headers) {
    const keyBytes = Buffer.byteLength(header.key)
    bytes += varintSize(keyBytes) + keyBytes + fieldBytes(header.value)
  }
  return bytes
}

/** The record in a batch of its own. */
export function loneRecordBytesMax(record: ProducerRecord): number {
  return BATCH_OVERHEAD_BYTES + recordBytesMax(record)
}

function fieldBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length
}
