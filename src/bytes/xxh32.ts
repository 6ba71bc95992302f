const PRIME_1 = 0x9e3779b1
const PRIME_2 = 0x85ebca77
const PRIME_3 = 0xc2b2ae3d
const PRIME_4 = 0x27d4eb2f
const PRIME_5 = 0x165667b1
const STRIPE_BYTES = 16

/** xxHash32 with seed 0 of the bytes from `start` to `end`: the checksum of the lz4 frame format. */
export function xxh32(bytes: Buffer, start = 0, end = bytes.length): number {
  let at = start
  let hash = PRIME_5
  if (end - start >= STRIPE_BYTES) {
    let [a, b, c, d] = [(PRIME_1 + PRIME_2) | 0, PRIME_2 | 0, 0, -PRIME_1 | 0]
    for (; at + STRIPE_BYTES <= end; at += STRIPE_BYTES) {
      a = mixed(a, bytes.readInt32LE(at))
      b = mixed(b, bytes.readInt32LE(at + 4))
      c = mixed(c, bytes.readInt32LE(at + 8))
      d = mixed(d, bytes.readInt32LE(at + 12))
    }
    hash = rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18)
  }
  hash = (hash + end - start) | 0
  for (; at + 4 <= end; at += 4)
    hash = Math.imul(rotated((hash + Math.imul(bytes.readInt32LE(at), PRIME_3)) | 0, 17), PRIME_4)
  for (; at < end; at++) hash = Math.imul(rotated((hash + Math.imul(bytes[at]!, PRIME_5)) | 0, 11), PRIME_1)
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
  return (hash ^ (hash >>> 16)) >>> 0
}

function mixed(lane: number, input: number): number {
  return Math.imul(rotated((lane + Math.imul(input, PRIME_2)) | 0, 13), PRIME_1)
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
