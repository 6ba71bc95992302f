import { assert } from '../base/assert.js'
import type { Uuid } from './uuid.js'

/** Buffers of at least this size are handed on as they are; smaller ones are cheaper to copy. */
const SPLICE_BYTES_MIN = 1024
const TWO_32 = 2 ** 32

/** Writes big-endian values into memory that grows; large payloads are spliced in, never copied. */
export class Writer {
  #buffer: Buffer
  #start = 0
  #position = 0
  #chunks: Buffer[] = []
  #finishedBytes = 0

  constructor(sizeHint = 256) {
    this.#buffer = Buffer.allocUnsafe(sizeHint)
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#finishedBytes + this.#position - this.#start
  }

  #reserve(count: number): number {
    const at = this.#position
    if (at + count > this.#buffer.length) {
      const open = this.#buffer.subarray(this.#start, at)
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, open.length + count, 256))
      open.copy(grown)
      this.#buffer = grown
      this.#start = 0
      this.#position = open.length + count
      return open.length
    }
    this.#position = at + count
    return at
  }

  int8(value: number): void {
    const at = this.#reserve(1)
    this.#buffer[at] = value & 0xff
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeInt16BE(value, at)
  }

  uint16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeUInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeInt32BE(value, at)
  }

  uint32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeUInt32BE(value, at)
  }

  /** A number that saturated on reading goes out as the saturated value. */
  int64(value: number): void {
    const at = this.#reserve(8)
    writeInt64At(this.#buffer, at, value)
  }

  int64Bits(value: bigint): void {
    const at = this.#reserve(8)
    this.#buffer.writeBigInt64BE(value, at)
  }

  float64(value: number): void {
    const at = this.#reserve(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  uuid(value: Uuid): void {
    const at = this.#reserve(16)
    assert(value.length === 22 && this.#buffer.write(value, at, 16, 'base64url') === 16, `${value} is no uuid`)
  }

  uvarint(value: number): void {
    if (value < 0x80) {
      this.int8(value)
      return
    }
    let rest = value
    while (rest >= 0x80) {
      this.int8((rest % 128) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.int8(rest)
  }

  /** Zig-zag, 32 bits. */
  varint(value: number): void {
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** Zig-zag, for any safe integer. */
  varlong(value: number): void {
    if (value >= -(2 ** 51) && value < 2 ** 51) {
      this.uvarint(value >= 0 ? value * 2 : -value * 2 - 1)
      return
    }
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
    while (rest >= 0x80n) {
      this.int8(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    this.int8(Number(rest))
  }

  /** Copies `value` in. */
  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length)
    this.#buffer.set(value, at)
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    const at = this.#reserve(length)
    this.#buffer.write(value, at, length, 'utf8')
  }

  /** Puts `value` in without copying where it is large; it must not change until the result has been used. */
  splice(value: Buffer): void {
    if (value.length < SPLICE_BYTES_MIN) {
      this.bytes(value)
      return
    }
    this.#close()
    this.#chunks.push(value)
    this.#finishedBytes += value.length
  }

  #close(): void {
    if (this.#position === this.#start) return
    this.#chunks.push(this.#buffer.subarray(this.#start, this.#position))
    this.#finishedBytes += this.#position - this.#start
    this.#start = this.#position
  }

  /** Everything written, in order, as the pieces it lies in. The writer is not to be used afterwards. */
  chunks(): Buffer[] {
    this.#close()
    return this.#chunks
  }

  /** Everything written, in one piece. */
  toBuffer(): Buffer {
    const chunks = this.chunks()
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  }
}

export function writeInt64At(buffer: Buffer, position: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  buffer.writeInt32BE(high, position)
  buffer.writeUInt32BE(value - high * TWO_32, position + 4)
}
