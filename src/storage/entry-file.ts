import { assert } from '../base/assert.js'
import type { LazyFile } from './open-files.js'
import { writeFully } from './write-fully.js'

/** New entries wait in memory until there are so many bytes of them. */
const PENDING_BYTES_MAX = 4096
/** A search reads single entries until the rest is this small, and then all of it. */
const BLOCK_BYTES = 4096

/**
 * A file of entries of one size in ascending order. What is stored is searched where it lies, so that an index costs no
 * memory however large it is; a crash loses what waits, and recovery builds it again from the log.
 */
export class EntryFile {
  #storedCount: number | null = null
  #pending: Buffer | null = null
  #pendingCount = 0

  constructor(
    readonly file: LazyFile,
    readonly entryBytes: number,
  ) {}

  get count(): number {
    return this.#stored() + this.#pendingCount
  }

  /** Whether the file is a whole number of entries; one that is not was cut by a crash. */
  isWhole(): boolean {
    return this.file.use().size() % this.entryBytes === 0
  }

  /** Room for one more entry at the end: to be filled in at once. */
  append(): { buffer: Buffer; start: number } {
    if (this.#pendingCount * this.entryBytes >= PENDING_BYTES_MAX) this.save()
    const needed = (this.#pendingCount + 1) * this.entryBytes
    if (this.#pending === null || this.#pending.length < needed) this.#growPending(needed)
    return { buffer: this.#pending!, start: this.#pendingCount++ * this.entryBytes }
  }

  /** The bytes of one entry: a view, good until the next call. */
  entry(index: number): Buffer {
    const stored = this.#stored()
    assert(index >= 0 && index < stored + this.#pendingCount, `no entry ${index} in ${this.file.path}`)
    if (index < stored) return this.#readStored(index, 1)
    const start = (index - stored) * this.entryBytes
    return this.#pending!.subarray(start, start + this.entryBytes)
  }

  /** Number of the last entry whose key is at most `target`; -1 when there is none. */
  floor(target: number, keyAt: (buffer: Buffer, start: number) => number): number {
    const stored = this.#stored()
    if (this.#pendingCount > 0 && keyAt(this.#pending!, 0) <= target)
      return stored + floorIn(this.#pending!, this.#pendingCount, this.entryBytes, target, keyAt)
    let low = 0
    let high = stored
    while ((high - low) * this.entryBytes > BLOCK_BYTES) {
      const middle = (low + high) >>> 1
      if (keyAt(this.#readStored(middle, 1), 0) <= target) low = middle
      else high = middle
    }
    if (high === low) return -1
    return low + floorIn(this.#readStored(low, high - low), high - low, this.entryBytes, target, keyAt)
  }

  /** Keeps the first `count` entries. */
  truncate(count: number): void {
    const stored = this.#stored()
    if (count >= stored) {
      this.#pendingCount = Math.min(this.#pendingCount, count - stored)
      return
    }
    this.#pendingCount = 0
    this.#storedCount = count
    this.file.useAlone().truncate(count * this.entryBytes)
  }

  /** Makes the file, empty, whether or not there was one. */
  create(): void {
    this.file.create()
    this.#storedCount = 0
    this.discard()
  }

  /** Writes out what waits. */
  save(): void {
    if (this.#pendingCount === 0) return
    const stored = this.#stored()
    const bytes = this.#pending!.subarray(0, this.#pendingCount * this.entryBytes)
    writeFully(this.file.useAlone(), [bytes], bytes.length, stored * this.entryBytes)
    this.#storedCount = stored + this.#pendingCount
    this.#pendingCount = 0
    this.#pending = null
  }

  /** Drops what waits, after a failure that makes it meaningless. */
  discard(): void {
    this.#pendingCount = 0
    this.#pending = null
  }

  #stored(): number {
    this.#storedCount ??= Math.floor(this.file.use().size() / this.entryBytes)
    return this.#storedCount
  }

  #readStored(index: number, count: number): Buffer {
    const bytes = Buffer.allocUnsafe(count * this.entryBytes)
    const read = this.file.use().read(bytes, 0, bytes.length, index * this.entryBytes)
    assert(read === bytes.length, `${this.file.path} became shorter while it was in use`)
    return bytes
  }

  #growPending(needed: number): void {
    const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(2 * needed, PENDING_BYTES_MAX + this.entryBytes)))
    this.#pending?.copy(grown)
    this.#pending = grown
  }
}

function floorIn(
  buffer: Buffer,
  count: number,
  entryBytes: number,
  target: number,
  keyAt: (buffer: Buffer, start: number) => number,
): number {
  let low = -1
  let high = count
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (keyAt(buffer, middle * entryBytes) <= target) low = middle
    else high = middle
  }
  return low
}
