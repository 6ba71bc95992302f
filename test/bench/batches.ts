import { type BatchInput, buildBatch } from '../../src/records/builder.js'
import { seededRandom } from '../support/seeded-random.js'

export interface Shape {
  readonly recordBytes: number
  readonly recordsPerBatch: number
}

export type CompressionName = 'gzip' | 'snappy' | 'lz4' | 'zstd'

const WORDS = ['order', 'customer', 'amount', 'euro', 'paid', 'shipped', 'address', 'item', 'count', 'total']

/** The same value in every record. */
export function batchOf({ recordBytes, recordsPerBatch }: Shape, more: Partial<BatchInput> = {}): Buffer {
  const value = Buffer.alloc(recordBytes, 'klog')
  const timestamp = Date.now()
  const records = Array.from({ length: recordsPerBatch }, () => ({ timestamp, key: null, value }))
  return buildBatch({ ...more, records })
}

/** Values that compress as text does. */
export function textBatch({ recordBytes, recordsPerBatch }: Shape, compression: CompressionName): Buffer {
  const random = seededRandom(7)
  const timestamp = Date.now()
  const records = Array.from({ length: recordsPerBatch }, () => {
    let text = ''
    while (text.length < recordBytes) text += `${WORDS[random.int(WORDS.length)]}=${random.int(10_000)};`
    return { timestamp, key: null, value: Buffer.from(text.slice(0, recordBytes)) }
  })
  return buildBatch({ compression, records })
}

/** As an idempotent producer numbers them. */
export function numberedBatches(shape: Shape, count: number, more: Partial<BatchInput>): Buffer[] {
  return Array.from({ length: count }, (_, batch) =>
    batchOf(shape, { producerEpoch: 0, ...more, baseSequence: batch * shape.recordsPerBatch }),
  )
}
