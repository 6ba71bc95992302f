/** Buffers below this are cheaper to make than to keep. */
const CLASS_BYTES_MIN = 4 * 1024
/** Buffers above this are rare, and too much memory to hold on to. */
const CLASS_BYTES_MAX = 16 * 1024 * 1024

/**
 * Memory that frames are read into, kept by size class (powers of two) so that it is touched by the kernel once and not
 * once per frame. At most `freeBytesMax` lie idle: those that were in use last.
 */
export class BufferPool {
  /** By size, the one that was given back last at the end. */
  readonly #free = new Map<number, Buffer[]>()
  #freeBytes = 0

  constructor(readonly freeBytesMax = 24 * 1024 * 1024) {}

  /** A slab of at least `sizeBytes`, with one holder: the caller. */
  take(sizeBytes: number): Slab {
    if (sizeBytes > CLASS_BYTES_MAX) return new Slab(Buffer.allocUnsafeSlow(sizeBytes), null)
    const classBytes = classOf(sizeBytes)
    const kept = this.#free.get(classBytes)?.pop()
    if (kept === undefined) return new Slab(Buffer.allocUnsafeSlow(classBytes), this)
    this.#freeBytes -= classBytes
    return new Slab(kept, this)
  }

  /** Takes a buffer back that nobody looks at any more. */
  give(buffer: Buffer): void {
    const { length } = buffer
    if (length > this.freeBytesMax) return
    const kept = this.#free.get(length) ?? []
    kept.push(buffer)
    this.#free.delete(length)
    this.#free.set(length, kept)
    this.#freeBytes += length
    while (this.#freeBytes > this.freeBytesMax) this.#dropOldest()
  }

  /** Of the size that has not been given back for longest: what is in use now would be made anew each time otherwise. */
  #dropOldest(): void {
    for (const [length, kept] of this.#free) {
      if (kept.pop() === undefined) this.#free.delete(length)
      else {
        this.#freeBytes -= length
        return
      }
    }
  }
}

/**
 * A piece of memory with several holders; it goes back to its pool when the last one lets go. A holder that just forgets
 * about it costs only the reuse: the garbage collector takes the memory instead.
 */
export class Slab {
  #holders = 1

  constructor(
    readonly buffer: Buffer,
    readonly pool: BufferPool | null,
  ) {}

  get holders(): number {
    return this.#holders
  }

  hold(): this {
    this.#holders++
    return this
  }

  release(): void {
    this.#holders--
    if (this.#holders === 0) this.pool?.give(this.buffer)
  }
}

function classOf(sizeBytes: number): number {
  return sizeBytes <= CLASS_BYTES_MIN ? CLASS_BYTES_MIN : 2 ** (32 - Math.clz32(sizeBytes - 1))
}
