import * as header from './batch-header.js'
import type { BatchFacts, Segment } from './segment.js'

const PIECE_BYTES = 512 * 1024

/** Writes batches to the end of a segment, many at once. */
export class SegmentOutput {
  readonly #piece = Buffer.allocUnsafe(PIECE_BYTES)
  #used = 0
  #facts: BatchFacts[] = []

  constructor(
    readonly segment: Segment,
    readonly indexIntervalBytes: number,
  ) {}

  /** Copies the bytes of one batch. */
  add(batch: Buffer): void {
    const facts = {
      sizeBytes: batch.length,
      lastOffset: header.lastOffsetAt(batch, 0),
      maxTimestamp: header.maxTimestampAt(batch, 0),
    }
    if (this.#used + batch.length > PIECE_BYTES) this.flush()
    if (batch.length > PIECE_BYTES) {
      this.#write(batch, [facts])
      return
    }
    batch.copy(this.#piece, this.#used)
    this.#used += batch.length
    this.#facts.push(facts)
  }

  flush(): void {
    if (this.#used > 0) this.#write(this.#piece.subarray(0, this.#used), this.#facts)
    this.#used = 0
    this.#facts = []
  }

  #write(bytes: Buffer, facts: readonly BatchFacts[]): void {
    this.segment.write([bytes], bytes.length)
    for (const each of facts) this.segment.account(each, this.indexIntervalBytes)
  }
}
