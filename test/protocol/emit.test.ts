import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Random } from '../../src/base/random.js'
import { Reader } from '../../src/bytes/reader.js'
import { randomUuid } from '../../src/bytes/uuid.js'
import { Writer } from '../../src/bytes/writer.js'
import { apis } from '../../src/protocol/apis.js'
import { type Codec, structCodec } from '../../src/protocol/closures.js'
import { emitCodec } from '../../src/protocol/emit.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { planStruct } from '../../src/protocol/plan.js'
import type { Field, Kind, Shape } from '../../src/protocol/schema.js'
import * as consumerOffsets from '../../src/protocol/state/consumer-offsets.js'
import * as metadataTopics from '../../src/protocol/state/metadata-topics.js'
import * as transactionState from '../../src/protocol/state/transaction-state.js'
import { structSteps } from '../../src/protocol/steps.js'
import { covers, type Versions } from '../../src/protocol/versions.js'
import { seededRandom } from '../support/seeded-random.js'

const ROUNDS = 15

describe('the emitted code, the closures and the steps do the same with any value and any bytes', () => {
  for (const api of apis) {
    test(api.name, () => {
      compare(api, api.request, false)
      compare(api, api.response, true)
    })
  }
  for (const message of [consumerOffsets, metadataTopics, transactionState].flatMap((room) => Object.values(room))) {
    test(message.name, () => compare(message, message.fields, false))
  }
})

interface Schema {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  readonly flexible: Versions | 'none'
}

function compare(schema: Schema, shape: Shape, dropsFields: boolean): void {
  for (let version = schema.minVersion; version <= schema.maxVersion; version++) {
    const isFlexible = schema.flexible !== 'none' && covers(schema.flexible, version)
    const plan = planStruct(shape, { version, isFlexible, dropsFields }, `${schema.name} v${version}:`)
    const closures = structCodec(plan)
    const emitted = emitCodec(plan)
    const steps = structSteps(plan)
    const random = seededRandom(version + 1)
    const where = `v${version}`
    for (let round = 0; round < ROUNDS; round++) {
      const value = randomStruct(shape, version, random)
      const bytes = written(closures, value)
      expect(written(emitted, value).equals(bytes), where).toBe(true)
      expect(writtenInSteps(steps, value).bytes.equals(bytes), where).toBe(true)
      const broken = spoiled(bytes, random)
      same(outcome(emitted, bytes), outcome(closures, bytes), where)
      same(outcome(emitted, broken), outcome(closures, broken), where)
      // What is dropped or refused depends on fields that the version lacks.
      const foreign = randomStruct(shape, random.int(schema.maxVersion + 1), random)
      same(
        attempt(() => written(emitted, foreign)),
        attempt(() => written(closures, foreign)),
        where,
      )
    }
  }
}

function same(left: unknown, right: unknown, where: string): void {
  if (!isDeepStrictEqual(left, right)) expect(left, where).toEqual(right)
}

function written(codec: Codec, value: unknown): Buffer {
  const writer = new Writer()
  codec.write(writer, value)
  return writer.toBuffer()
}

function writtenInSteps(steps: ReturnType<typeof structSteps>, value: unknown): { bytes: Buffer; stops: number } {
  const writer = new Writer()
  let stops = 0
  for (const _ of steps(writer, value)) stops++
  return { bytes: writer.toBuffer(), stops }
}

test('the steps stop after each element, also of lists within lists', () => {
  const shape = Metadata.response
  const steps = structSteps(planStruct(shape, { version: 9, isFlexible: true, dropsFields: true }, 'Metadata v9:'))
  const partitions = (count: number) =>
    Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, errorCode: 0, leaderId: 0 }))
  const topics = [3, 0, 2].map((count, at) => ({ errorCode: 0, name: `t${at}`, partitions: partitions(count) }))
  expect(writtenInSteps(steps, { brokers: [], topics }).stops).toBe(3 + 5)
})

function outcome(codec: Codec, bytes: Buffer): unknown {
  return attempt(() => {
    const reader = new Reader(bytes)
    return { value: codec.read(reader), position: reader.position }
  })
}

function attempt(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return (error as Error).name
  }
}

/** With one byte changed, or cut off somewhere. */
function spoiled(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes)
  if (copy.length === 0) return copy
  const at = random.int(copy.length)
  if (random.int(2) === 0) return copy.subarray(0, at)
  copy[at] = random.int(256)
  return copy
}

function randomStruct(shape: Shape, version: number, random: Random): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(shape)) {
    // Left out now and then: the writer then takes the default.
    if (covers(field.versions, version) && random.int(8) > 0) value[name] = randomValue(field, version, random)
  }
  return value
}

function randomValue({ kind, of, options }: Field, version: number, random: Random): unknown {
  if (covers(options.nullable, version) && random.int(4) === 0) return null
  if (kind === 'struct') return randomStruct(of as Shape, version, random)
  if (kind !== 'array') return randomScalar(kind, random)
  const element = (): unknown =>
    typeof of === 'string' ? randomScalar(of as Kind, random) : randomStruct(of as Shape, version, random)
  return Array.from({ length: random.int(4) }, element)
}

function randomScalar(kind: Kind, random: Random): unknown {
  switch (kind) {
    case 'boolean':
      return random.int(2) === 1
    case 'string':
      return ['', 'orders', 'größe', 'x'.repeat(200)][random.int(4)]
    case 'bytes':
    case 'records':
      // Now and then long enough to be spliced in instead of copied.
      return random.int(10) === 0 ? Buffer.alloc(1500, random.int(256)) : random.bytes(random.int(20))
    case 'uuid':
      return randomUuid(random)
    case 'int64Bits':
      return random.bytes(8).readBigInt64BE()
    case 'float64':
      return random.int(1000) / 8
    case 'uint16':
      return random.int(2 ** 16)
    case 'uint32':
      return random.int(2 ** 31) * 2
    default:
      return [0, -1, 1, random.int(100)][random.int(4)]
  }
}
