import { int64At } from '../bytes/reader.js'
import { writeInt64At } from '../bytes/writer.js'
import type { EntryFile } from './entry-file.js'

export const TIME_ENTRY_BYTES = 12

export interface TimestampOffset {
  readonly timestamp: number
  /** Last offset of the first batch that carries `timestamp`; nothing up to it is younger. */
  readonly offset: number
}

/** The sparse map from timestamps to offsets of one segment. */
export class TimeIndex {
  constructor(
    readonly entries: EntryFile,
    readonly baseOffset: number,
  ) {}

  get count(): number {
    return this.entries.count
  }

  /** Adds an entry where the timestamp is larger than all before: the index stays strictly ascending. */
  addIfLater(timestamp: number, offset: number): void {
    if (timestamp <= (this.last()?.timestamp ?? -1)) return
    const { buffer, start } = this.entries.append()
    writeInt64At(buffer, start, timestamp)
    buffer.writeInt32BE(offset - this.baseOffset, start + 8)
  }

  /** The last entry that is not later than `timestamp`: nothing before its offset is, either. */
  lookup(timestamp: number): TimestampOffset {
    const index = this.entries.floor(timestamp, int64At)
    return index < 0 ? { timestamp: -1, offset: this.baseOffset } : this.#parse(index)
  }

  first(): TimestampOffset | null {
    return this.count === 0 ? null : this.#parse(0)
  }

  last(): TimestampOffset | null {
    return this.count === 0 ? null : this.#parse(this.count - 1)
  }

  /** Drops entries at and above `offset`. */
  truncateTo(offset: number): void {
    this.entries.truncate(this.entries.floor(offset - this.baseOffset - 1, relativeOffsetAt) + 1)
  }

  /** One place is kept for the entry that is added when the segment is left. */
  isFull(bytesMax: number, aboutToAdd: number): boolean {
    return this.count + aboutToAdd >= Math.floor(bytesMax / TIME_ENTRY_BYTES) - 1
  }

  #parse(index: number): TimestampOffset {
    const bytes = this.entries.entry(index)
    return { timestamp: int64At(bytes, 0), offset: this.baseOffset + bytes.readInt32BE(8) }
  }
}

function relativeOffsetAt(buffer: Buffer, start: number): number {
  return buffer.readInt32BE(start + 8)
}
