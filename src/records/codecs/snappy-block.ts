import { MalformedBytes } from '../../bytes/malformed.js'
import { LONG_BYTES, type Memory, OVERRUN_BYTES } from './copies.js'

/**
 * Unpacks the elements that lie from `start` to `end` of `block`, to exactly the bytes from `outStart` to `outEnd` of `out`,
 * and what it writes over behind them. The library's own decoder leaves gaps and overruns unnoticed.
 *
 * One loop, its short copies written out and every number in it an int32 that the compiler sees to be one: that takes
 * less than half the time of functions for its parts.
 */
export function unpackSnappyBlock(
  { bytes, view }: Memory,
  start: number,
  end: number,
  out: Memory,
  outStart: number,
  outEnd: number,
): void {
  const { bytes: outBytes, view: outView } = out
  const first = outStart | 0
  const last = outEnd | 0
  const stop = end | 0
  const readableEnd = bytes.length - OVERRUN_BYTES
  let from = start | 0
  let to = first
  while (from < stop) {
    const tag = bytes[from++]!
    const kind = tag & 0x03
    let length = (tag >>> 2) + 1
    if (kind === 0) {
      if (length > 60) {
        const lengthBytes = length - 60
        if (lengthBytes > stop - from) throw broken()
        length = littleEndian(bytes, from, lengthBytes) + 1
        from += lengthBytes
      }
      if (length <= 0 || length > stop - from || length > last - to) throw broken()
      const literalEnd = to + length
      if (length < LONG_BYTES && from + length <= readableEnd) {
        let at = from
        do {
          outView.setInt32(to, view.getInt32(at, true), true)
          to += 4
          at += 4
        } while (to < literalEnd)
      } else outBytes.set(bytes.subarray(from, from + length), to)
      from += length
      to = literalEnd
      continue
    }
    const distanceBytes = kind === 3 ? 4 : kind
    if (distanceBytes > stop - from) throw broken()
    let distance = bytes[from]!
    if (kind === 1) {
      length = ((tag >>> 2) & 0x07) + 4
      distance |= (tag >>> 5) << 8
    } else if (kind === 2) distance |= bytes[from + 1]! << 8
    else distance = littleEndian(bytes, from, 4)
    from += distanceBytes
    if (distance <= 0 || distance > to - first || length > last - to) throw broken()
    let back = to - distance
    const copyEnd = to + length
    if (distance >= 4) {
      do {
        outView.setInt32(to, outView.getInt32(back, true), true)
        to += 4
        back += 4
      } while (to < copyEnd)
    } else if (distance === 1) {
      const four = Math.imul(outBytes[back]!, 0x01010101)
      do {
        outView.setInt32(to, four, true)
        to += 4
      } while (to < copyEnd)
    } else {
      do outBytes[to++] = outBytes[back++]!
      while (to < copyEnd)
    }
    to = copyEnd
  }
  if (to !== last) throw broken()
}

/** Less than 0 where it does not fit into 31 bits. */
function littleEndian(bytes: Uint8Array, position: number, count: number): number {
  let value = 0
  for (let at = 0; at < count; at++) value |= bytes[position + at]! << (8 * at)
  return value
}

function broken(): MalformedBytes {
  return new MalformedBytes('snappy: a broken block')
}
