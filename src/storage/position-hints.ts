const HINTS_MAX = 8

/**
 * Where the last few reads of a segment ended: a reader goes on where it stopped, so that the index is only asked by those
 * who come from elsewhere.
 */
export class PositionHints {
  #offsets: number[] | null = null
  #positions: number[] | null = null
  #next = 0

  /** Where the first batch begins that ends at or after `offset`, if that was met lately. */
  find(offset: number): number | null {
    const index = this.#offsets?.indexOf(offset) ?? -1
    return index < 0 ? null : this.#positions![index]!
  }

  remember(offset: number, position: number): void {
    this.#offsets ??= []
    this.#positions ??= []
    const known = this.#offsets.indexOf(offset)
    const index = known >= 0 ? known : this.#next++ % HINTS_MAX
    this.#offsets[index] = offset
    this.#positions[index] = position
  }

  clear(): void {
    this.#offsets = null
    this.#positions = null
  }
}
