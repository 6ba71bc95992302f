import type { Random } from '../../../src/base/random.js'
import { seededRandom } from '../../support/seeded-random.js'
import { LIES } from './batch-lies.js'
import { Liar, type Transaction } from './liar.js'
import { oddBytes } from './odd-batch.js'

/** Topics by what they ask of a batch. */
export const LIED_TO: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: {},
  small: { 'max.message.bytes': '200' },
  compact: { 'cleanup.policy': 'compact' },
  bounded: { 'message.timestamp.before.max.ms': '600000' },
  'bounded-compact': { 'message.timestamp.before.max.ms': '600000', 'cleanup.policy': 'compact,delete' },
  free: { 'message.timestamp.after.max.ms': '9223372036854775807' },
  'append-time': { 'message.timestamp.type': 'LogAppendTime' },
  gzip: { 'compression.type': 'gzip' },
  snappy: { 'compression.type': 'snappy' },
  lz4: { 'compression.type': 'lz4' },
  zstd: { 'compression.type': 'zstd' },
  uncompressed: { 'compression.type': 'uncompressed' },
  'gzip-append-time': { 'compression.type': 'gzip', 'message.timestamp.type': 'LogAppendTime' },
  'uncompressed-small': { 'compression.type': 'uncompressed', 'max.message.bytes': '300' },
  'zstd-compact': { 'compression.type': 'zstd', 'cleanup.policy': 'compact' },
}

export interface LyingBatch {
  readonly name: string
  /** Of LIED_TO. */
  readonly topic: string
  readonly version: number
  readonly acks: number
  readonly transaction: Transaction
  /** Sent before it, of the same producer, with nothing wrong. */
  readonly before: Buffer | null
  readonly records: Buffer | null
  /** Whether another partition of the same request has a batch with nothing wrong. */
  readonly isInCompany: boolean
}

const VERSIONS = [3, 5, 6, 7, 8, 9, 10, 11, 12, 13]

/** Batches of which one thing or two are not true, each named with its lies; their timestamps are about `nowMs`. */
export function lyingBatches(seed: number, count: number, nowMs: number): LyingBatch[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, number) => lyingBatch(random, number, nowMs))
}

function lyingBatch(random: Random, number: number, nowMs: number): LyingBatch {
  const liar = new Liar(random, BigInt(nowMs), BigInt(1_000_000 + number))
  const topic = liar.oneOf(Object.keys(LIED_TO))
  const transaction = liar.oneOf<Transaction>([...Array(16).fill('none'), 'open', 'open', 'open', 'unknown'])
  liar.enter(transaction)
  const [version, acks] = [liar.oneOf(VERSIONS), liar.oneOf([-1, -1, -1, -1, -1, -1, -1, 1, 1, 0, 2])]
  const batch = liar.honestBatch(topic)
  const told: string[] = []
  for (let lies = liar.oneOf([0, 1, 1, 1, 1, 2, 2, 3]); lies > 0; lies--) {
    const [what, tell] = liar.oneOf(LIES)
    told.push(`${what} ${tell(liar, batch) ?? ''}`.trim())
  }
  const [isInCompany, isNull] = [random.int(8) === 0, random.int(400) === 0]
  const place = `${number}: ${topic} v${version} acks ${acks}${isInCompany ? ' in company' : ''}, codec ${batch.codec}, transaction ${transaction}`
  return {
    name: `${place}: ${isNull ? 'null' : told.join(', ')}`,
    ...{ topic, version, acks, transaction, isInCompany },
    before: liar.before === null ? null : oddBytes(liar.before),
    records: isNull ? null : oddBytes(batch),
  }
}
