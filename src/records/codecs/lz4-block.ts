import { MalformedBytes } from '../../bytes/malformed.js'
import { LONG_BYTES, type Memory, OVERRUN_BYTES, repeat } from './copies.js'

const LENGTH_GOES_ON = 15
const MATCH_BYTES_MIN = 4
/** More than a sequence takes, packed or not, whose lengths do not go on: 14 literals, 18 bytes of a match, and what is written over. */
const SHORT_BYTES_MAX = 40

/**
 * Unpacks the block that lies from `start` to `end` of `block`, to `outStart` of `out` and no further than `outEnd`, but for
 * what it writes over behind. Returns where what it became ends. Written as the one of snappy is, for the same reason.
 */
export function unpackLz4Block(
  { bytes, view }: Memory,
  start: number,
  end: number,
  out: Memory,
  outStart: number,
  outEnd: number,
): number {
  const { bytes: outBytes, view: outView } = out
  const first = outStart | 0
  const last = outEnd | 0
  const stop = end | 0
  const readableEnd = bytes.length - OVERRUN_BYTES
  const shortEnd = stop - SHORT_BYTES_MAX
  const outShortEnd = last - SHORT_BYTES_MAX
  let from = start | 0
  let to = first
  while (from < stop) {
    const token = bytes[from++]!
    let literals = token >>> 4
    let match = token & 0x0f
    // Most are short and far from the ends: asking less of them takes a sixth less.
    if (literals < LENGTH_GOES_ON && match < LENGTH_GOES_ON && from <= shortEnd && to <= outShortEnd) {
      const literalEnd = to + literals
      let at = from
      do {
        outView.setInt32(to, view.getInt32(at, true), true)
        to += 4
        at += 4
      } while (to < literalEnd)
      to = literalEnd
      from += literals
      const distance = view.getUint16(from, true)
      if (distance >= 4 && distance <= to - first) {
        from += 2
        const matchEnd = to + match + MATCH_BYTES_MIN
        at = to - distance
        do {
          outView.setInt32(to, outView.getInt32(at, true), true)
          to += 4
          at += 4
        } while (to < matchEnd)
        to = matchEnd
        continue
      }
      literals = 0
    }
    if (literals > 0) {
      if (literals === LENGTH_GOES_ON) {
        let more = 255
        while (more === 255 && from < stop) {
          more = bytes[from++]!
          literals += more
        }
      }
      if (literals > stop - from || literals > last - to) throw broken()
      const literalEnd = to + literals
      if (literals < LONG_BYTES && from + literals <= readableEnd) {
        let at = from
        do {
          outView.setInt32(to, view.getInt32(at, true), true)
          to += 4
          at += 4
        } while (to < literalEnd)
      } else outBytes.set(bytes.subarray(from, from + literals), to)
      from += literals
      to = literalEnd
    }
    if (from === stop) return to
    if (stop - from < 2) throw broken()
    const distance = bytes[from]! | (bytes[from + 1]! << 8)
    from += 2
    if (match === LENGTH_GOES_ON) {
      let more = 255
      while (more === 255 && from < stop) {
        more = bytes[from++]!
        match += more
      }
    }
    match += MATCH_BYTES_MIN
    if (distance === 0 || distance > to - first || match > last - to) throw broken()
    let back = to - distance
    const matchEnd = to + match
    if (match >= LONG_BYTES) repeat(outBytes, to, distance, match)
    else if (distance >= 4) {
      do {
        outView.setInt32(to, outView.getInt32(back, true), true)
        to += 4
        back += 4
      } while (to < matchEnd)
    } else {
      do outBytes[to++] = outBytes[back++]!
      while (to < matchEnd)
    }
    to = matchEnd
  }
  throw broken()
}

/** What a block becomes, from its lengths alone. */
export function lz4BlockContentSize(bytes: Buffer, start: number, end: number): number {
  let size = 0
  let position = start
  while (position < end) {
    const token = bytes[position++]!
    let literals = token >> 4
    if (literals === LENGTH_GOES_ON) {
      let more = 255
      while (more === 255 && position < end) {
        more = bytes[position++]!
        literals += more
      }
    }
    position += literals
    size += literals
    if (position >= end) break
    position += 2
    let match = token & 0x0f
    if (match === LENGTH_GOES_ON) {
      let more = 255
      while (more === 255 && position < end) {
        more = bytes[position++]!
        match += more
      }
    }
    size += match + MATCH_BYTES_MIN
  }
  return size
}

function broken(): MalformedBytes {
  return new MalformedBytes('lz4: a broken block')
}
