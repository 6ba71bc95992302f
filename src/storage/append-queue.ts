import type { BatchFacts, Segment } from './segment.js'
import type { Slab, Tail } from './tail-cache.js'
import type { AbortedTransaction } from './transaction-index.js'

/** Batches below this are gathered into one piece of memory; larger ones go out from where they lie. */
const GATHER_BYTES_MAX = 32 * 1024

export interface QueuedBatch extends BatchFacts {
  readonly bytes: Buffer
  readonly baseOffset: number
  /** The transaction that this batch ends, where it is an abort marker. */
  readonly aborted: AbortedTransaction | null
}

/** Batches that have their offsets and wait for the end of the tick, to be written to the active segment all at once. */
export class AppendQueue {
  #batches: QueuedBatch[] = []
  #sizeBytes = 0

  constructor(readonly tail: Tail) {}

  get batches(): readonly QueuedBatch[] {
    return this.#batches
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  add(batch: QueuedBatch): void {
    this.#batches.push(batch)
    this.#sizeBytes += batch.sizeBytes
  }

  /** Forgets everything: after a failure. */
  clear(): void {
    this.#batches = []
    this.#sizeBytes = 0
  }

  /** Writes everything and takes it into the segment's account. @throws when not all could be written; it is all kept then. */
  writeTo(segment: Segment, indexIntervalBytes: number): void {
    const batches = this.#batches
    const sizeBytes = this.#sizeBytes
    const gathered = gather(batches, this.tail)
    try {
      segment.write(gathered.chunks, sizeBytes)
      for (const batch of batches) {
        segment.account(batch, indexIntervalBytes)
        if (batch.aborted !== null) segment.transactions.add(batch.aborted)
      }
      for (const { slab, start, end, firstOffset, nextOffset } of gathered.runs)
        this.tail.add(slab, start, end, firstOffset, nextOffset)
      this.clear()
    } finally {
      for (const { slab } of gathered.runs) slab.held.release()
    }
  }
}

/** The pieces to write, in order; small batches in a row become one piece, which the tail cache can keep. */
function gather(batches: readonly QueuedBatch[], tail: Tail): { chunks: Buffer[]; runs: GatheredRun[] } {
  const pieces: (Buffer | GatheredRun)[] = []
  const runs: GatheredRun[] = []
  for (const { bytes, baseOffset, lastOffset } of batches) {
    if (bytes.length >= GATHER_BYTES_MAX) {
      pieces.push(bytes)
      continue
    }
    const { slab, start } = tail.cache.copy(bytes)
    const last = pieces.at(-1)
    if (last instanceof GatheredRun && last.slab === slab && last.end === start && last.nextOffset === baseOffset) {
      last.end += bytes.length
      last.nextOffset = lastOffset + 1
    } else {
      slab.held.hold()
      const run = new GatheredRun(slab, start, start + bytes.length, baseOffset, lastOffset + 1)
      pieces.push(run)
      runs.push(run)
    }
  }
  return { chunks: pieces.map((piece) => (piece instanceof GatheredRun ? piece.bytes() : piece)), runs }
}

class GatheredRun {
  constructor(
    readonly slab: Slab,
    readonly start: number,
    public end: number,
    readonly firstOffset: number,
    public nextOffset: number,
  ) {}

  bytes(): Buffer {
    return this.slab.held.buffer.subarray(this.start, this.end)
  }
}
