import { assert } from '../base/assert.js'

interface OpenTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

interface EndedTransaction {
  readonly firstOffset: number
  readonly lastOffset: number
}

/**
 * The transactions that hold the last stable offset back: those that are open, and those whose marker is not yet below the
 * high watermark.
 */
export class OpenTransactions {
  /** Both in ascending order of their first offsets, which is the order in which they began. */
  #open: OpenTransaction[] = []
  #ended: EndedTransaction[] = []

  begin(producerId: bigint, firstOffset: number): void {
    const transaction = { producerId, firstOffset }
    // Snapshots are in the order of producers, so here the end is not always the place.
    const place = this.#open.findLastIndex((other) => other.firstOffset <= firstOffset)
    this.#open.splice(place + 1, 0, transaction)
  }

  /** Returns the last stable offset as it will be once the marker at `markerOffset` counts. */
  end(firstOffset: number, markerOffset: number): number {
    const index = this.#open.findIndex((transaction) => transaction.firstOffset === firstOffset)
    assert(index >= 0, `no open transaction begins at offset ${firstOffset}`)
    this.#open.splice(index, 1)
    const ended = { firstOffset, lastOffset: markerOffset }
    const place = this.#ended.findLastIndex((other) => other.firstOffset <= firstOffset)
    this.#ended.splice(place + 1, 0, ended)
    return this.#open[0]?.firstOffset ?? markerOffset + 1
  }

  /** Offset of the first record that is not decided; null when all are. */
  get firstUnstableOffset(): number | null {
    const open = this.#open[0]?.firstOffset ?? Number.POSITIVE_INFINITY
    const ended = this.#ended[0]?.firstOffset ?? Number.POSITIVE_INFINITY
    const first = Math.min(open, ended)
    return Number.isFinite(first) ? first : null
  }

  /** Markers below `highWatermark` count. */
  forgetEndedBefore(highWatermark: number): void {
    if (this.#ended.length > 0) this.#ended = this.#ended.filter((ended) => ended.lastOffset >= highWatermark)
  }
}
