import { hash } from 'node:crypto'
import { assert } from '../base/assert.js'

const SHARDS = 256
const SLOT_WORDS = 4
const FIRST_SLOTS = 8
/** How full a shard gets before it grows, and by how much: five million keys stay below 100 MB, growth included. */
const LOAD_MAX = 0.9
const GROWTH = 1.1
const WORD = 2 ** 32

/**
 * Last offset by key, for very many keys: 80 bits of a hash stand for a key, 48 bits for its offset, counted from the first one.
 * Memory is taken as keys come, in small pieces, so that growing never holds everything twice.
 */
export class KeyOffsets {
  readonly #shards: (Shard | null)[] = new Array(SHARDS).fill(null)
  #count = 0

  constructor(
    /** No offset that is put lies below it. */
    readonly firstOffset: number,
    readonly keysMax: number,
  ) {}

  get count(): number {
    return this.#count
  }

  get sizeBytes(): number {
    return this.#shards.reduce((sum, shard) => sum + (shard?.words.byteLength ?? 0), 0)
  }

  /** Offsets come in ascending order. False when there is no room for another key. */
  put(key: Uint8Array, offset: number): boolean {
    assert(offset >= this.firstOffset, `offset ${offset} lies before ${this.firstOffset}`)
    if (this.#count >= this.keysMax) return false
    const digest = digestOf(key)
    const index = digest.charCodeAt(15)
    let shard = this.#shards[index] ?? null
    if (shard === null) {
      shard = new Shard()
      this.#shards[index] = shard
    }
    if (shard.put(digest, offset - this.firstOffset)) this.#count++
    return true
  }

  /** -1 for a key that was never put. */
  lastOffsetOf(key: Uint8Array): number {
    const digest = digestOf(key)
    const relative = this.#shards[digest.charCodeAt(15)]?.find(digest) ?? -1
    return relative < 0 ? -1 : this.firstOffset + relative
  }
}

/** One byte a character: short strings are cheaper than buffers. */
function digestOf(key: Uint8Array): string {
  return hash('md5', key, 'binary')
}

/** An open hash table. A slot is free when its last two words are zero, so offsets are kept plus one. */
class Shard {
  words = new Uint32Array(FIRST_SLOTS * SLOT_WORDS)
  #slots = FIRST_SLOTS
  #count = 0

  /** True when the key is new. */
  put(digest: string, offset: number): boolean {
    if (this.#count + 1 > this.#slots * LOAD_MAX) this.#grow()
    const first = wordAt(digest, 0)
    const second = wordAt(digest, 4)
    const third = halfAt(digest, 8)
    const at = this.#seek(first, second, third)
    const isNew = this.#isFree(at)
    if (isNew) this.#count++
    this.#fill(at, first, second, third, offset + 1)
    return isNew
  }

  find(digest: string): number {
    const at = this.#seek(wordAt(digest, 0), wordAt(digest, 4), halfAt(digest, 8))
    return this.#isFree(at) ? -1 : (this.words[at + 2]! & 0xffff) * WORD + this.words[at + 3]! - 1
  }

  /** Where the key is, or would be. */
  #seek(first: number, second: number, third: number): number {
    const { words } = this
    let slot = Math.floor((first / WORD) * this.#slots)
    for (;;) {
      const at = slot * SLOT_WORDS
      if (this.#isFree(at)) return at
      if (words[at] === first && words[at + 1] === second && words[at + 2]! >>> 16 === third) return at
      slot = slot + 1 === this.#slots ? 0 : slot + 1
    }
  }

  #isFree(at: number): boolean {
    return this.words[at + 3] === 0 && (this.words[at + 2]! & 0xffff) === 0
  }

  #fill(at: number, first: number, second: number, third: number, stored: number): void {
    const { words } = this
    words[at] = first
    words[at + 1] = second
    words[at + 2] = third * 0x10000 + Math.floor(stored / WORD)
    words[at + 3] = stored % WORD
  }

  #grow(): void {
    const old = this.words
    this.#slots = Math.ceil(this.#slots * GROWTH) + FIRST_SLOTS
    this.words = new Uint32Array(this.#slots * SLOT_WORDS)
    for (let from = 0; from < old.length; from += SLOT_WORDS) {
      const third = old[from + 2]!
      const stored = (third & 0xffff) * WORD + old[from + 3]!
      if (stored === 0) continue
      const at = this.#seek(old[from]!, old[from + 1]!, third >>> 16)
      this.#fill(at, old[from]!, old[from + 1]!, third >>> 16, stored)
    }
  }
}

function wordAt(digest: string, index: number): number {
  return halfAt(digest, index) * 0x10000 + halfAt(digest, index + 2)
}

function halfAt(digest: string, index: number): number {
  return digest.charCodeAt(index) * 0x100 + digest.charCodeAt(index + 1)
}
