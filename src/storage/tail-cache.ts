import * as header from './batch-header.js'
import type { BufferSource, HeldBuffer } from './memory.js'

const SLAB_BYTES = 256 * 1024
const CACHE_BYTES_MAX = 8 * 1024 * 1024

/**
 * The memory that small batches are gathered in before they are written, kept for a while for the consumers that keep up.
 * Shared by all partitions of a broker; the oldest slab goes when there are too many.
 */
export class TailCache {
  readonly #slabs: Slab[] = []
  readonly #slabsMax: number

  constructor(
    readonly buffers: BufferSource,
    bytesMax = CACHE_BYTES_MAX,
  ) {
    this.#slabsMax = Math.max(1, Math.floor(bytesMax / SLAB_BYTES))
  }

  /**
   * Copies a batch in; it lies directly behind the last one unless that slab is full. At most `SLAB_BYTES`.
   * To be held by those who need it after the next call.
   */
  copy(batch: Buffer): { slab: Slab; start: number } {
    let slab = this.#slabs.at(-1)
    if (slab === undefined || slab.used + batch.length > SLAB_BYTES) slab = this.#addSlab()
    const start = slab.used
    batch.copy(slab.held.buffer, start)
    slab.used += batch.length
    return { slab, start }
  }

  #addSlab(): Slab {
    if (this.#slabs.length >= this.#slabsMax) this.#dropOldest()
    const slab = new Slab(this.buffers.take(SLAB_BYTES))
    this.#slabs.push(slab)
    return slab
  }

  #dropOldest(): void {
    const slab = this.#slabs.shift()!
    for (const tail of slab.tails) tail.dropSlab(slab)
    slab.tails.clear()
    slab.isKept = false
    slab.held.release()
  }
}

export class Slab {
  used = 0
  /** Whether the cache still has it; what was copied in stays readable for those who hold it. */
  isKept = true
  /** Who has batches in here. */
  readonly tails = new Set<Tail>()

  constructor(readonly held: HeldBuffer) {}
}

/** Batches of one log that lie behind each other in memory and in the log. */
interface Region {
  readonly slab: Slab
  readonly start: number
  end: number
  readonly firstOffset: number
  nextOffset: number
  /** Offsets and places in the slab at which something was added, ascending: where to begin looking for a batch. */
  readonly markOffsets: number[]
  readonly markPlaces: number[]
}

export interface CachedRun {
  readonly chunks: Buffer[]
  readonly sizeBytes: number
  readonly firstBatchOffset: number
  readonly nextOffset: number
  release(): void
}

/** The part of one log that lies in the tail cache. */
export class Tail {
  #regions: Region[] = []

  constructor(readonly cache: TailCache) {}

  /** Batches that have been written, `firstOffset` up to `nextOffset`, and lie at [start, end) of the slab. */
  add(slab: Slab, start: number, end: number, firstOffset: number, nextOffset: number): void {
    if (!slab.isKept) return
    const last = this.#regions.at(-1)
    if (last !== undefined && last.slab === slab && last.end === start && last.nextOffset === firstOffset) {
      last.end = end
      last.nextOffset = nextOffset
      last.markOffsets.push(firstOffset)
      last.markPlaces.push(start)
      return
    }
    slab.tails.add(this)
    const marks = { markOffsets: [firstOffset], markPlaces: [start] }
    this.#regions.push({ slab, start, end, firstOffset, nextOffset, ...marks })
  }

  /**
   * Whole batches from the one that holds `offset` up to `endOffset`, at most `bytesMax` of them unless the first alone is
   * larger and `minOneBatch`. Null when `offset` is not in here.
   */
  read(offset: number, bytesMax: number, endOffset: number, minOneBatch: boolean): CachedRun | null {
    let index = this.#regions.findLastIndex((region) => region.firstOffset <= offset)
    const first = this.#regions[index]
    if (first === undefined || offset >= first.nextOffset) return null
    const start = placeOf(first, offset)
    const run = new Run(header.baseOffsetAt(first.slab.held.buffer, start))
    for (let from = start; ; ) {
      const region = this.#regions[index]!
      const isWhole = run.take(region, from, bytesMax, endOffset, minOneBatch)
      const next = this.#regions[++index]
      if (!isWhole || next === undefined || next.firstOffset !== region.nextOffset) return run
      from = next.start
    }
  }

  /**
   * Bytes of the batches from the one that holds `from` up to the one that holds `to`, that one left out; null when not all
   * of them are in here.
   */
  sizeBetween(from: number, to: number): number | null {
    let index = this.#regions.findLastIndex((region) => region.firstOffset <= from)
    let region = this.#regions[index]
    if (region === undefined || from >= region.nextOffset) return null
    let sizeBytes = region.start - placeOf(region, from)
    for (;;) {
      if (to < region.nextOffset) return sizeBytes + placeOf(region, to) - region.start
      sizeBytes += region.end - region.start
      const next: Region | undefined = this.#regions[++index]
      if (to === region.nextOffset) return sizeBytes
      if (next === undefined || next.firstOffset !== region.nextOffset) return null
      region = next
    }
  }

  clear(): void {
    for (const { slab } of this.#regions) slab.tails.delete(this)
    this.#regions = []
  }

  dropSlab(slab: Slab): void {
    this.#regions = this.#regions.filter((region) => region.slab !== slab)
  }
}

/** What one read has found so far. */
class Run implements CachedRun {
  readonly chunks: Buffer[] = []
  sizeBytes = 0
  nextOffset: number
  #held: HeldBuffer[] = []

  constructor(readonly firstBatchOffset: number) {
    this.nextOffset = firstBatchOffset
  }

  /** Takes as much of a region as may be taken; true when that is all of it. */
  take(region: Region, from: number, bytesMax: number, endOffset: number, minOneBatch: boolean): boolean {
    const { buffer } = region.slab.held
    let to = region.end
    if (region.nextOffset > endOffset || this.sizeBytes + to - from > bytesMax) {
      to = from
      while (to < region.end) {
        const sizeBytes = header.sizeAt(buffer, to)
        const nextOffset = header.lastOffsetAt(buffer, to) + 1
        if (nextOffset > endOffset) break
        const isFirst = this.sizeBytes === 0 && to === from
        if (this.sizeBytes + to + sizeBytes - from > bytesMax && !(isFirst && minOneBatch)) break
        to += sizeBytes
        this.nextOffset = nextOffset
      }
    } else {
      this.nextOffset = region.nextOffset
    }
    if (to > from) {
      this.chunks.push(buffer.subarray(from, to))
      this.sizeBytes += to - from
      region.slab.held.hold()
      this.#held.push(region.slab.held)
    }
    return to === region.end
  }

  release(): void {
    for (const held of this.#held) held.release()
    this.#held = []
  }
}

/** Where in the slab the batch lies that holds `offset`. */
function placeOf(region: Region, offset: number): number {
  const { buffer } = region.slab.held
  let low = 0
  let high = region.markOffsets.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (region.markOffsets[middle]! <= offset) low = middle
    else high = middle
  }
  let place = region.markPlaces[low]!
  while (header.lastOffsetAt(buffer, place) < offset) place += header.sizeAt(buffer, place)
  return place
}
