/** Zig-zag varints at a known place in memory: for code that counts its bytes first and writes them in one go. */

/** Bytes that the 32-bit `value` takes. */
export function varintSize(value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0
  return raw < 0x80 ? 1 : raw < 0x4000 ? 2 : raw < 0x200000 ? 3 : raw < 0x10000000 ? 4 : 5
}

/** Bytes that `value`, any safe integer, takes as 64 bits. */
export function varlongSize(value: number): number {
  const magnitude = value < 0 ? -value - 1 : value
  let size = 1
  for (let limit = 64; magnitude >= limit; limit *= 128) size++
  return size
}

/** Writes the 32-bit `value` and returns the position after it. */
export function writeVarintAt(buffer: Uint8Array, position: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  let at = position
  while (rest >= 0x80) {
    buffer[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[at++] = rest
  return at
}

/** Writes `value`, any safe integer, and returns the position after it. */
export function writeVarlongAt(buffer: Uint8Array, position: number, value: number): number {
  if (value >= -(2 ** 30) && value < 2 ** 30) return writeVarintAt(buffer, position, value)
  // The lowest six bits and the sign go first, so that no step exceeds 53 bits.
  const negative = value < 0
  let rest = negative ? -value - 1 : value
  let at = position
  const low = ((rest % 64) * 2) | (negative ? 1 : 0)
  rest = Math.floor(rest / 64)
  buffer[at++] = rest > 0 ? low | 0x80 : low
  while (rest > 0) {
    const seven = rest % 128
    rest = Math.floor(rest / 128)
    buffer[at++] = rest > 0 ? seven | 0x80 : seven
  }
  return at
}
