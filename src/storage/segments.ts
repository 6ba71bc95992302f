import { assert } from '../base/assert.js'
import type { Segment } from './segment.js'

/** The segments of one log in the order of their offsets; there is always one, and the last is the one written to. */
export class Segments {
  #list: Segment[]

  constructor(list: readonly Segment[]) {
    assert(list.length > 0, 'a log without a segment')
    this.#list = [...list]
  }

  get all(): readonly Segment[] {
    return this.#list
  }

  get first(): Segment {
    return this.#list[0]!
  }

  get active(): Segment {
    return this.#list.at(-1)!
  }

  get sizeBytes(): number {
    return this.#list.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  }

  /** Position of the segment that `offset` belongs into; -1 when it lies before the first. */
  indexOf(offset: number): number {
    let low = -1
    let high = this.#list.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.#list[middle]!.baseOffset <= offset) low = middle
      else high = middle
    }
    return low
  }

  /** The segments that may hold batches at or after `offset`. */
  from(offset: number): readonly Segment[] {
    const index = this.indexOf(offset)
    return index <= 0 ? this.#list : this.#list.slice(index)
  }

  add(segment: Segment): void {
    assert(segment.baseOffset > this.active.baseOffset, `segments out of order at ${segment.baseOffset}`)
    this.#list.push(segment)
  }

  /** Takes the first `count` segments out. */
  removeFirst(count: number): Segment[] {
    assert(count < this.#list.length, 'the active segment stays')
    return this.#list.splice(0, count)
  }

  /** Puts one segment into the place of several that lie next to each other. */
  replace(old: readonly Segment[], by: Segment): void {
    const index = this.#list.indexOf(old[0]!)
    assert(
      index >= 0 && old.every((segment, i) => this.#list[index + i] === segment),
      `segments from ${by.baseOffset} on are not there to be replaced`,
    )
    this.#list.splice(index, old.length, by)
  }

  /** Takes the segments out that begin after `offset`; the first always stays. */
  removeAfter(offset: number): Segment[] {
    return this.#list.splice(Math.max(1, this.indexOf(offset) + 1))
  }
}
