import type { Random } from '../../src/base/random.js'
import { KEYS_AND_VERSIONS } from './frames.js'

/** Where key, version and correlation id end. */
const HEADER_BYTES = 8
const INT32S = [-1, -2, 0, 1, 0x7f, 0xff, 0x7fff, 0x10000, 0x7fffffff, -0x80000000]
const VARINT_MAX = Buffer.from('ffffffff0f', 'hex')

type Mutation = (bytes: Buffer, random: Random, all: readonly Buffer[]) => Buffer

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  (bytes, random) => {
    for (let flips = 1 + random.int(8); flips > 0; flips--) bytes[at(bytes, random)]! ^= 1 << random.int(8)
    return bytes
  },
  // Lengths and counts lie anywhere.
  (bytes, random) => {
    const position = at(bytes, random)
    if (position + 4 <= bytes.length) bytes.writeInt32BE(INT32S[random.int(INT32S.length)]!, position)
    return bytes
  },
  (bytes, random) => {
    const position = at(bytes, random)
    if (position + 2 <= bytes.length) bytes.writeInt16BE([-1, -2, 0, 0x7fff, -0x8000][random.int(5)]!, position)
    return bytes
  },
  (bytes, random) => {
    const position = at(bytes, random)
    return Buffer.concat([bytes.subarray(0, position), VARINT_MAX, bytes.subarray(position + 1)])
  },
  // A part is left out, is there twice, or comes from another request.
  (bytes, random) => {
    const position = at(bytes, random)
    return Buffer.concat([bytes.subarray(0, position), bytes.subarray(position + 1 + random.int(16))])
  },
  (bytes, random) => {
    const position = at(bytes, random)
    const part = bytes.subarray(position, position + 1 + random.int(64))
    return Buffer.concat([bytes.subarray(0, position), part, bytes.subarray(position)])
  },
  (bytes, random, all) => {
    const other = all[random.int(all.length)]!
    return Buffer.concat([bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random))])
  },
  // The body is taken for one of another API or version, or is none.
  (bytes, random) => {
    const [key, version] = KEYS_AND_VERSIONS[random.int(KEYS_AND_VERSIONS.length)]!
    bytes.writeInt16BE(key, 0)
    bytes.writeInt16BE(version, 2)
    return bytes
  },
  (bytes, random) => {
    const [key, version] = KEYS_AND_VERSIONS[random.int(KEYS_AND_VERSIONS.length)]!
    const made = Buffer.concat([bytes.subarray(0, HEADER_BYTES), random.bytes(random.int(120))])
    made.writeInt16BE(key, 0)
    made.writeInt16BE(version, 2)
    return made
  },
  (_, random) => random.bytes(HEADER_BYTES + random.int(200)),
]

/** A recorded frame, bent in one way or two. It begins with at least key, version and correlation id. */
export function mutated(all: readonly Buffer[], random: Random): Buffer {
  let bytes = Buffer.from(all[random.int(all.length)]!)
  for (let times = 1 + random.int(2); times > 0; times--) {
    const changed = MUTATIONS[random.int(MUTATIONS.length)]!(bytes, random, all)
    if (changed.length > HEADER_BYTES) bytes = Buffer.from(changed)
  }
  return bytes
}

function at(bytes: Buffer, random: Random): number {
  return Math.min(bytes.length - 1, HEADER_BYTES + random.int(Math.max(1, bytes.length - HEADER_BYTES)))
}
