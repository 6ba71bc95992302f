import { hash } from 'node:crypto'
import { assert } from '../base/assert.js'

const SLOT_WORDS = 3
const LOAD_MAX = 0.85
const WORD = 2 ** 32
const HALF_WORD = 2 ** 16

/**
 * Last offset by key, for very many keys, in 12 bytes each. 64 bits of a hash stand for a key, and are looked for only near
 * the place that other bits of it name: two keys taken for one are not to be expected in the life of a log. The table has one
 * size, as growing would hold everything twice; the system gives memory when it is touched, so one that stays nearly empty
 * costs next to nothing.
 */
export class KeyOffsets {
  /** Two words of hash, then the offset, counted from the first one; plus one, as zero says that the slot is free. */
  readonly #words: Uint32Array
  readonly #slots: number
  #count = 0

  constructor(
    /** No offset that is put lies below it. */
    readonly firstOffset: number,
    readonly keysMax: number,
  ) {
    this.#slots = Math.ceil(keysMax / LOAD_MAX) + 1
    this.#words = new Uint32Array(this.#slots * SLOT_WORDS)
  }

  get count(): number {
    return this.#count
  }

  get sizeBytes(): number {
    return this.#words.byteLength
  }

  /** Offsets come in ascending order. False when there may be no further key, or the offset is too far from the first. */
  put(key: Uint8Array, offset: number): boolean {
    assert(offset >= this.firstOffset, `offset ${offset} lies before ${this.firstOffset}`)
    const stored = offset - this.firstOffset + 1
    if (this.#count >= this.keysMax || stored >= WORD) return false
    const digest = digestOf(key)
    const at = this.#seek(digest)
    const words = this.#words
    if (words[at + 2] === 0) this.#count++
    words[at] = wordAt(digest, 0)
    words[at + 1] = wordAt(digest, 4)
    words[at + 2] = stored
    return true
  }

  /** -1 for a key that was never put. */
  lastOffsetOf(key: Uint8Array): number {
    const stored = this.#words[this.#seek(digestOf(key)) + 2]!
    return stored === 0 ? -1 : this.firstOffset + stored - 1
  }

  /** Where the key is, or would be. */
  #seek(digest: string): number {
    const words = this.#words
    const first = wordAt(digest, 0)
    const second = wordAt(digest, 4)
    let slot = Math.floor((wordAt(digest, 8) / WORD) * this.#slots)
    for (;;) {
      const at = slot * SLOT_WORDS
      if (words[at + 2] === 0 || (words[at] === first && words[at + 1] === second)) return at
      slot = slot + 1 === this.#slots ? 0 : slot + 1
    }
  }
}

/** One byte a character: short strings are cheaper than buffers. */
function digestOf(key: Uint8Array): string {
  return hash('md5', key, 'binary')
}

function wordAt(digest: string, index: number): number {
  return halfAt(digest, index) * HALF_WORD + halfAt(digest, index + 2)
}

function halfAt(digest: string, index: number): number {
  return digest.charCodeAt(index) * 0x100 + digest.charCodeAt(index + 1)
}
