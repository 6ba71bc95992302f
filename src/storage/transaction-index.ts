import { int64At } from '../bytes/reader.js'
import { writeInt64At } from '../bytes/writer.js'
import type { LazyFile } from './open-files.js'
import { writeFully } from './write-fully.js'

const ENTRY_BYTES = 34
const VERSION = 0

/** A transaction that was aborted: consumers that read committed data skip its records. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
  /** Where its abort marker lies. */
  readonly lastOffset: number
  /** The last stable offset once this transaction had ended: earlier fetches need not look further. */
  readonly lastStableOffset: number
}

/** The aborted transactions whose markers lie in one segment. The file exists only where there are any. */
export class TransactionIndex {
  #entries: AbortedTransaction[] | null = null
  #isSynced = true

  constructor(readonly file: LazyFile) {}

  /** In ascending order of `lastOffset`. */
  entries(): readonly AbortedTransaction[] {
    this.#entries ??= this.#load()
    return this.#entries
  }

  add(aborted: AbortedTransaction): void {
    const entries = this.entries()
    if (entries.length === 0) this.file.create()
    writeFully(this.file.useAlone(), [encode(aborted)], ENTRY_BYTES, entries.length * ENTRY_BYTES)
    this.#entries = [...entries, aborted]
    this.#isSynced = false
  }

  /** Returns when everything that was added is on the device. */
  sync(): void {
    if (!this.#isSynced) this.file.use().sync()
    this.#isSynced = true
  }

  /** Drops all, and whatever else is in the file. */
  clear(): void {
    this.#entries = []
    this.#isSynced = false
    this.file.useAlone().truncate(0)
  }

  /** Drops transactions whose marker lies at or above `offset`. */
  truncateTo(offset: number): void {
    const kept = this.entries().filter((entry) => entry.lastOffset < offset)
    if (kept.length === this.#entries!.length) return
    this.#entries = kept
    this.file.useAlone().truncate(kept.length * ENTRY_BYTES)
  }

  /** 0 also while nobody has looked. */
  get sizeBytes(): number {
    return (this.#entries?.length ?? 0) * ENTRY_BYTES
  }

  #load(): AbortedTransaction[] {
    const bytes = this.file.files.disk.readFile(this.file.path)
    if (bytes === null) return []
    const entries: AbortedTransaction[] = []
    for (let start = 0; start + ENTRY_BYTES <= bytes.length; start += ENTRY_BYTES) entries.push(decode(bytes, start))
    return entries
  }
}

/** What cannot be in the index of a segment that begins and ends at these offsets; null where all of it can. */
export function wrongInIndex(bytes: Buffer, baseOffset: number, endOffset: number): string | null {
  if (bytes.length % ENTRY_BYTES !== 0) return `has ${bytes.length} bytes, which is no number of entries`
  let before = baseOffset - 1
  for (let start = 0; start < bytes.length; start += ENTRY_BYTES) {
    const { firstOffset, lastOffset } = decode(bytes, start)
    const isVersion = bytes.readInt16BE(start) === VERSION
    if (!isVersion || firstOffset >= lastOffset || lastOffset <= before || lastOffset >= endOffset)
      return `has an aborted transaction from ${firstOffset} to ${lastOffset} that cannot be in this segment`
    before = lastOffset
  }
  return null
}

function encode(aborted: AbortedTransaction): Buffer {
  const bytes = Buffer.allocUnsafe(ENTRY_BYTES)
  bytes.writeInt16BE(VERSION, 0)
  bytes.writeBigInt64BE(aborted.producerId, 2)
  writeInt64At(bytes, 10, aborted.firstOffset)
  writeInt64At(bytes, 18, aborted.lastOffset)
  writeInt64At(bytes, 26, aborted.lastStableOffset)
  return bytes
}

function decode(bytes: Buffer, start: number): AbortedTransaction {
  return {
    producerId: bytes.readBigInt64BE(start + 2),
    firstOffset: int64At(bytes, start + 10),
    lastOffset: int64At(bytes, start + 18),
    lastStableOffset: int64At(bytes, start + 26),
  }
}

/**
 * The aborted transactions that a consumer must know of to read [from, to). `segments` begin with that of `from`;
 * the search ends as soon as everything below `to` is known to be decided.
 */
export function abortedBetween(
  segments: Iterable<{ readonly transactions: TransactionIndex }>,
  from: number,
  to: number,
): AbortedTransaction[] {
  const found: AbortedTransaction[] = []
  for (const { transactions } of segments)
    for (const entry of transactions.entries()) {
      if (entry.lastOffset >= from && entry.firstOffset < to) found.push(entry)
      if (entry.lastStableOffset >= to) return found
    }
  return found
}
