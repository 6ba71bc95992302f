import type { Random } from '../../src/base/random.js'
import type { Handler } from '../../src/broker/handler.js'
import { handlers } from '../../src/broker/handlers.js'
import { crc32c } from '../../src/bytes/crc32c.js'
import type { ScalarKind } from '../../src/protocol/schema.js'
import { buildBatch } from '../../src/records/builder.js'
import { ATTRIBUTES, CRC } from '../../src/records/layout.js'
import { type Choices, madeRequest } from './made-request.js'

/** Topics that there are. */
export const TOPICS = ['topic-1', 'topic-2']
/** Names that one request gives to something and the next one asks about. */
const TEXTS = [
  '',
  'a',
  'b',
  'topic-1',
  'topic-2',
  '__consumer_offsets',
  '__transaction_state',
  '0',
  'range',
  'consumer',
]
const ODD_TEXTS = ['..', 'a/b', '\u0000', 'é', 'x'.repeat(300), '-1', 'retention.ms', 'cleanup.policy', '.*', '(a+)+$']
/** What would be refused at once if it were anything else. */
const MEANT: readonly (readonly [RegExp, readonly string[]])[] = [
  [/entityType$/, ['user', 'client-id', 'ip']],
  [
    /ops\.key$/,
    [
      'producer_byte_rate',
      'consumer_byte_rate',
      'request_percentage',
      'controller_mutation_rate',
      'connection_creation_rate',
    ],
  ],
]
const NUMBERS = [0n, 0n, 0n, 1n, 2n, -1n, 10n, 1000n, 30_000n, 0x7fffn, 0x7fffffffn, 2n ** 53n, 2n ** 63n - 1n]
const LOWEST = -(2n ** 63n)
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const TIMESTAMP = 1_700_000_000_000

const FIXED_BYTES: Partial<Record<ScalarKind, number>> = {
  ...{ int8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, int64Bits: 8 },
}

/** A request that is what its schema says, of any API and version, and asks for something that nobody in his senses would. */
export function lyingRequest(random: Random): Buffer {
  return requestToOne(handlers, random, choicesBy(random))
}

/** Of any of these handlers, in any version that it knows. */
export function requestToOne(all: readonly Handler[], random: Random, choices: Choices): Buffer {
  const { api, versions } = oneOf(all, random)
  const min = Math.max(versions.min, api.minVersion)
  return madeRequest(api, min + random.int(versions.max - min + 1), 1, choices)
}

export function choicesBy(random: Random): Choices {
  return {
    clientId: oneOf(['a', 'b', ''], random),
    count: () => oneOf([0, 1, 1, 1, 2, 3], random),
    isNull: () => random.int(4) === 0,
    isTagged: () => random.int(3) === 0,
    value: (field, kind) => value(field, kind, random),
  }
}

function value(field: string, kind: ScalarKind, random: Random): Buffer {
  switch (kind) {
    case 'string':
      return Buffer.from(text(field, random))
    case 'bytes':
      return random.bytes(random.int(40))
    case 'records':
      return lyingBatch(random)
    case 'uuid':
      return Buffer.alloc(16, oneOf([0, 0, 1, 0xff], random))
    case 'boolean':
      return Buffer.from([random.int(2)])
    case 'float64':
      return random.int(2) === 0 ? random.bytes(8) : float64(oneOf([0, 1e-9, 0.01, 1, 1000], random))
    default:
      return number(field, FIXED_BYTES[kind]!, random)
  }
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes
}

function text(field: string, random: Random): string {
  const meant = MEANT.find(([name]) => name.test(field))
  if (meant !== undefined && random.int(4) > 0) return oneOf(meant[1], random)
  if (random.int(6) === 0) return oneOf(ODD_TEXTS, random)
  return oneOf(/topic/i.test(field) && random.int(3) > 0 ? TOPICS : TEXTS, random)
}

function number(field: string, sizeBytes: number, random: Random): Buffer {
  const given = random.int(20) === 0 ? LOWEST : oneOf(NUMBERS, random)
  const bytes = Buffer.alloc(8)
  // Whoever waits for a day says nothing for as long.
  bytes.writeBigInt64BE(/wait|timeout/i.test(field) && given > 30n ? 30n : given)
  return bytes.subarray(8 - sizeBytes)
}

/** A batch with records, of which one number may not be true. */
function lyingBatch(random: Random): Buffer {
  const hasProducer = random.int(2) === 0
  const batch = buildBatch({
    compression: oneOf(CODECS, random),
    ...(hasProducer ? { producerId: BigInt(random.int(3)), producerEpoch: 0, baseSequence: random.int(2) } : {}),
    isTransactional: hasProducer && random.int(2) === 0,
    records: Array.from({ length: 1 + random.int(3) }, () => ({
      timestamp: TIMESTAMP,
      key: random.int(2) === 0 ? null : Buffer.from('k'),
      value: random.bytes(random.int(50)),
    })),
  })
  if (random.int(2) === 0) batch[random.int(batch.length)] = oneOf([0, 1, 0x7f, 0x80, 0xff], random)
  // The lie is looked at, where the checksum is right.
  if (random.int(4) > 0) batch.writeUInt32BE(crc32c(batch, ATTRIBUTES, batch.length), CRC)
  return random.int(8) === 0 ? Buffer.concat([batch, batch]) : batch
}

export function oneOf<T>(all: readonly T[], random: Random): T {
  return all[random.int(all.length)]!
}
