import type { BufferPool, Slab } from './buffer-pool.js'

/** What a frame's length costs on the wire. */
const LENGTH_BYTES = 4
/** Small frames share a slab of this size at first, so that an idle connection is cheap … */
const SLAB_BYTES_MIN = 4 * 1024
/** … and of this size once the connection has shown that it fills them. */
const SLAB_BYTES_MAX = 64 * 1024
/** A length is believed so far before its bytes have come; beyond, memory grows with the bytes … */
const TRUSTED_BYTES = 1024 * 1024
/** … by so much at a time: what nothing has been written to is only promised, and what has been written is moved seldom. */
const GROWTH = 16
/** Below this the rest of a slab is not worth a read. */
const WORTH_READING_BYTES = 512

/** One message without its length. `release` once nobody looks at `bytes` any more; without it, it is merely not reused. */
export interface Frame {
  readonly bytes: Buffer
  release(): void
  /** Where memory for requests is limited: this one has been read, and does not count any more. */
  settle?(): void
}

/**
 * Cuts a stream of bytes into frames (int32 length, then so many bytes), reading straight into the memory that the frame
 * will be looked at in: ask `target` where the next bytes belong, put them there, say `filled`, then take frames with `next`.
 */
export class FrameAssembler {
  readonly #frames: Frame[] = []
  #taken = 0
  /** Where small frames and the beginnings of large ones arrive: [start, end) is not cut yet. */
  #slab: Slab | null = null
  #start = 0
  #end = 0
  #slabBytes = SLAB_BYTES_MIN
  /** A frame that has memory of its own. */
  #large: { slab: Slab; sizeBytes: number; filledBytes: number } | null = null
  /** Who has sent a frame of a length is believed it the next time. */
  #trustedBytes = TRUSTED_BYTES
  #refusedLength: number | null = null

  constructor(
    readonly pool: BufferPool,
    readonly frameBytesMax: number,
  ) {}

  /** Complete frames that nobody has taken yet. */
  get waiting(): number {
    return this.#frames.length - this.#taken
  }

  /** The length that cannot be, once one has come: nothing after it can be read. */
  get refusedLength(): number | null {
    return this.#refusedLength
  }

  next(): Frame | null {
    const frame = this.#frames[this.#taken]
    if (frame === undefined) return null
    this.#taken++
    if (this.#taken === this.#frames.length) {
      this.#frames.length = 0
      this.#taken = 0
    }
    return frame
  }

  /** Memory for the next bytes, never empty. */
  target(): Buffer {
    const large = this.#large
    if (large !== null) {
      if (large.filledBytes === large.slab.buffer.length) this.#growLarge(large)
      return large.slab.buffer.subarray(large.filledBytes, Math.min(large.sizeBytes, large.slab.buffer.length))
    }
    const slab = this.#roomySlab()
    return slab.buffer.subarray(this.#end)
  }

  /** `count` bytes have been put at the beginning of what `target` gave. */
  filled(count: number): void {
    if (this.#refusedLength !== null) return
    const large = this.#large
    if (large === null) {
      this.#end += count
      if (this.#end === this.#slab?.buffer.length) this.#slabBytes = Math.min(this.#slabBytes * 2, SLAB_BYTES_MAX)
      this.#cut()
      return
    }
    large.filledBytes += count
    if (large.filledBytes < large.sizeBytes) return
    this.#large = null
    if (large.sizeBytes > this.#trustedBytes) this.#trustedBytes = large.sizeBytes
    this.#frames.push(frameOf(large.slab, 0, large.sizeBytes))
  }

  /** Bytes that were read elsewhere: copied to where they belong. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.#refusedLength === null; ) {
      const count = chunk.copy(this.target(), 0, at)
      this.filled(count)
      at += count
    }
  }

  /** No more bytes will come: lets go of the memory that they would have gone to. */
  close(): void {
    this.#slab?.release()
    this.#large?.slab.release()
    this.#slab = null
    this.#large = null
    this.#start = 0
    this.#end = 0
  }

  /** Cuts every complete frame off the slab; what is left is a part of one. */
  #cut(): void {
    const slab = this.#slab!
    const { buffer } = slab
    while (this.#end - this.#start >= LENGTH_BYTES) {
      const sizeBytes = buffer.readInt32BE(this.#start)
      if (sizeBytes <= 0 || sizeBytes > this.frameBytesMax) {
        this.#refusedLength = sizeBytes
        return
      }
      const bodyStart = this.#start + LENGTH_BYTES
      if (bodyStart + sizeBytes > this.#end) {
        if (bodyStart + sizeBytes > buffer.length) this.#moveOut(slab, bodyStart, sizeBytes)
        break
      }
      this.#start = bodyStart + sizeBytes
      this.#frames.push(frameOf(slab.hold(), bodyStart, this.#start))
    }
    if (this.#start === this.#end) this.#rewind(slab)
  }

  /** The frame that begins at `bodyStart` does not fit into the slab: the rest is read into memory of its own. */
  #moveOut(slab: Slab, bodyStart: number, sizeBytes: number): void {
    const own = this.pool.take(Math.min(sizeBytes, this.#trustedBytes))
    const filledBytes = slab.buffer.copy(own.buffer, 0, bodyStart, this.#end)
    this.#large = { slab: own, sizeBytes, filledBytes }
    this.#start = this.#end
  }

  #growLarge(large: { slab: Slab; sizeBytes: number; filledBytes: number }): void {
    const grown = this.pool.take(Math.min(large.sizeBytes, large.filledBytes * GROWTH))
    large.slab.buffer.copy(grown.buffer, 0, 0, large.filledBytes)
    large.slab.release()
    large.slab = grown
  }

  /** Nothing is left to cut: begin at the front again where nobody looks, or with a larger slab where it has proved small. */
  #rewind(slab: Slab): void {
    if (slab.holders > 1 || slab.buffer.length < this.#slabBytes) return
    this.#start = 0
    this.#end = 0
  }

  #roomySlab(): Slab {
    const slab = this.#slab
    if (slab !== null && this.#hasRoom(slab)) return slab
    const fresh = this.pool.take(this.#slabBytes)
    const kept = slab === null ? 0 : slab.buffer.copy(fresh.buffer, 0, this.#start, this.#end)
    slab?.release()
    this.#slab = fresh
    this.#start = 0
    this.#end = kept
    return fresh
  }

  #hasRoom(slab: Slab): boolean {
    const room = slab.buffer.length - this.#end
    if (this.#start === this.#end) return room >= WORTH_READING_BYTES && slab.buffer.length >= this.#slabBytes
    // A part of a frame whose length is known fits: otherwise it would have been moved out.
    return this.#end - this.#start >= LENGTH_BYTES || room >= WORTH_READING_BYTES
  }
}

function frameOf(slab: Slab, start: number, end: number): Frame {
  return new SlabFrame(slab, start, end)
}

class SlabFrame implements Frame {
  readonly bytes: Buffer
  #released = false

  constructor(
    readonly slab: Slab,
    start: number,
    end: number,
  ) {
    this.bytes = slab.buffer.subarray(start, end)
  }

  release(): void {
    if (this.#released) return
    this.#released = true
    this.slab.release()
  }
}

/** Who sends such a length? For the log line that a puzzled person will look for. */
export function lengthHint(length: number): string {
  const bytes = Buffer.alloc(LENGTH_BYTES)
  bytes.writeInt32BE(length)
  if (/^(GET |POST|PUT |HEAD|OPTI|DELE|CONN|PATC|HTTP)$/.test(bytes.toString('latin1')))
    return ' (this looks like HTTP)'
  if (bytes[0] === 0x16 && bytes[1] === 0x03) return ' (this looks like TLS)'
  return ''
}
