import { int64At } from '../../bytes/reader.js'
import { systemDisk } from '../../storage/disk.js'
import { JavaError } from '../java-error.js'
import { baseOffsetOf } from './file-name.js'

const OFFSET_ENTRY_BYTES = 8
const TIME_ENTRY_BYTES = 12

export interface IndexFile<Entry> {
  readonly baseOffset: number
  readonly sizeBytes: number
  readonly entryBytes: number
  /** All of them, with the empty ones that a broker has laid out ahead. */
  readonly entries: readonly Entry[]
}

export interface OffsetEntry {
  readonly offset: number
  readonly position: number
}

export interface TimeEntry {
  readonly offset: number
  readonly timestamp: number
}

export function readOffsetIndex(path: string): IndexFile<OffsetEntry> {
  return readIndex(path, OFFSET_ENTRY_BYTES, (bytes, at, baseOffset) => ({
    offset: baseOffset + bytes.readInt32BE(at),
    position: bytes.readInt32BE(at + 4),
  }))
}

export function readTimeIndex(path: string): IndexFile<TimeEntry> {
  return readIndex(path, TIME_ENTRY_BYTES, (bytes, at, baseOffset) => ({
    timestamp: int64At(bytes, at),
    offset: baseOffset + bytes.readInt32BE(at + 8),
  }))
}

/** The entries in use: in one that was laid out ahead an entry of zeros follows the last. */
export function* usedEntries<Entry extends { readonly offset: number }>(index: IndexFile<Entry>): Iterable<Entry> {
  for (const [i, entry] of index.entries.entries()) {
    if (i > 0 && entry.offset === index.baseOffset) return
    yield entry
  }
}

export function readWholeFile(path: string): Buffer {
  const bytes = systemDisk.readFile(path)
  if (bytes === null) throw new JavaError('java.nio.file.NoSuchFileException', path)
  return bytes
}

function readIndex<Entry>(
  path: string,
  entryBytes: number,
  parse: (bytes: Buffer, at: number, baseOffset: number) => Entry,
): IndexFile<Entry> {
  const baseOffset = baseOffsetOf(path)
  const bytes = readWholeFile(path)
  const count = Math.floor(bytes.length / entryBytes)
  const entries = Array.from({ length: count }, (_, i) => parse(bytes, i * entryBytes, baseOffset))
  return { baseOffset, sizeBytes: bytes.length, entryBytes, entries }
}
