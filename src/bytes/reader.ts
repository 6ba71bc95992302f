import { MalformedBytes } from './malformed.js'
import { type Uuid, uuidAt } from './uuid.js'

const TWO_32 = 2 ** 32
const INT64_MAX = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * Reads big-endian values from a Buffer between `position` and `end`; every read is bounded, none copies.
 * @throws MalformedBytes when the bytes end before the value does.
 */
export class Reader {
  /** How many elements arrays may still have, all of them together. */
  elementsLeft = Number.MAX_SAFE_INTEGER

  constructor(
    readonly buffer: Buffer,
    public position = 0,
    readonly end = buffer.length,
  ) {}

  get remaining(): number {
    return this.end - this.position
  }

  /** Moves past `count` bytes and says where they started. */
  take(count: number): number {
    const start = this.position
    if (count < 0 || count > this.end - start)
      throw new MalformedBytes(`${count} bytes wanted, ${this.end - start} left`)
    this.position = start + count
    return start
  }

  int8(): number {
    return this.buffer.readInt8(this.take(1))
  }

  uint8(): number {
    return this.buffer[this.take(1)]!
  }

  boolean(): boolean {
    return this.uint8() !== 0
  }

  int16(): number {
    return this.buffer.readInt16BE(this.take(2))
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.take(2))
  }

  int32(): number {
    return this.buffer.readInt32BE(this.take(4))
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.take(4))
  }

  /** Exact to 2^53 - 1, saturating beyond: an absurd offset is still answered as out of range. */
  int64(): number {
    return int64At(this.buffer, this.take(8))
  }

  /** All 64 bits, for ids. */
  int64Bits(): bigint {
    return this.buffer.readBigInt64BE(this.take(8))
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.take(8))
  }

  uuid(): Uuid {
    return uuidAt(this.buffer, this.take(16))
  }

  /** Unsigned, at most five bytes. */
  uvarint(): number {
    const { buffer, position } = this
    // Nearly every length and tag fits into one byte.
    if (position < this.end && buffer[position]! < 0x80) {
      this.position = position + 1
      return buffer[position]!
    }
    return this.#longUvarint()
  }

  #longUvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.uint8()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value % TWO_32
    }
    throw new MalformedBytes('a varint of more than five bytes')
  }

  /** Zig-zag, 32 bits. */
  varint(): number {
    const raw = this.uvarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Zig-zag, 64 bits, saturating as `int64`. */
  varlong(): number {
    let low = 0
    let position = this.position
    const { buffer, end } = this
    // Six bytes carry 42 bits, which a number holds exactly; timestamps and lengths end there.
    for (let scale = 1; scale < 2 ** 42; scale *= 128) {
      if (position >= end) throw new MalformedBytes('the bytes end inside a varint')
      const byte = buffer[position++]!
      low += (byte & 0x7f) * scale
      if (byte < 0x80) {
        this.position = position
        return low % 2 === 0 ? low / 2 : -(low + 1) / 2
      }
    }
    return this.#longVarlong()
  }

  #longVarlong(): number {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.uint8()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return saturate(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)))
    }
    throw new MalformedBytes('a varlong of more than ten bytes')
  }

  /** A view of the next `count` bytes: copy what outlives the buffer. */
  bytes(count: number): Buffer {
    const start = this.take(count)
    return this.buffer.subarray(start, start + count)
  }

  /** `count` bytes as UTF-8; what is not UTF-8 becomes U+FFFD. */
  text(count: number): string {
    if (count === 0) return ''
    const start = this.take(count)
    return this.buffer.toString('utf8', start, start + count)
  }
}

/** The int64 at `position`, saturating at ±(2^53 - 1). */
export function int64At(buffer: Buffer, position: number): number {
  const high = buffer.readInt32BE(position)
  const value = high * TWO_32 + buffer.readUInt32BE(position + 4)
  return Number.isSafeInteger(value) ? value : high < 0 ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
}

function saturate(value: bigint): number {
  return Number(value > INT64_MAX ? INT64_MAX : value < -INT64_MAX ? -INT64_MAX : value)
}
