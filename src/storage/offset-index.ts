import type { EntryFile } from './entry-file.js'

export const OFFSET_ENTRY_BYTES = 8

export interface OffsetPosition {
  readonly offset: number
  /** Byte in the segment where the batch starts whose last offset is `offset`. */
  readonly position: number
}

/** The sparse map from offsets to positions of one segment: a few entries, then a walk over batches. */
export class OffsetIndex {
  constructor(
    readonly entries: EntryFile,
    readonly baseOffset: number,
  ) {}

  get count(): number {
    return this.entries.count
  }

  add(lastOffset: number, position: number): void {
    const { buffer, start } = this.entries.append()
    buffer.writeInt32BE(lastOffset - this.baseOffset, start)
    buffer.writeInt32BE(position, start + 4)
  }

  /** A place from which `offset` is found by walking forward: the last entry at or below it, or the beginning. */
  lookup(offset: number): OffsetPosition {
    const index = this.entries.floor(offset - this.baseOffset, relativeOffsetAt)
    return index < 0 ? { offset: this.baseOffset, position: 0 } : this.#parse(index)
  }

  /** The last position known at which a batch begins, up to `position`. */
  positionUpTo(position: number): number {
    const index = this.entries.floor(position, positionAt)
    return index < 0 ? 0 : this.#parse(index).position
  }

  at(index: number): OffsetPosition {
    return this.#parse(index)
  }

  last(): OffsetPosition | null {
    return this.count === 0 ? null : this.#parse(this.count - 1)
  }

  /** Drops entries at and above `offset`. */
  truncateTo(offset: number): void {
    this.entries.truncate(this.entries.floor(offset - this.baseOffset - 1, relativeOffsetAt) + 1)
  }

  /** Kafka's limit: an index that has reached it makes the segment roll. */
  isFull(bytesMax: number, aboutToAdd: number): boolean {
    return this.count + aboutToAdd >= Math.floor(bytesMax / OFFSET_ENTRY_BYTES)
  }

  #parse(index: number): OffsetPosition {
    const bytes = this.entries.entry(index)
    return { offset: this.baseOffset + bytes.readInt32BE(0), position: bytes.readInt32BE(4) }
  }
}

function positionAt(buffer: Buffer, start: number): number {
  return buffer.readInt32BE(start + 4)
}

function relativeOffsetAt(buffer: Buffer, start: number): number {
  return buffer.readInt32BE(start)
}
