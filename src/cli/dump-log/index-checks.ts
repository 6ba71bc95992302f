import { JavaError } from '../java-error.js'
import type { IndexFile, OffsetEntry, TimeEntry } from './index-entries.js'

const CORRUPT = 'org.apache.kafka.storage.internals.log.CorruptIndexException'

/** The check by which a broker decides at its start whether an index is built anew. The texts are Kafka's, slips included. */
export function checkOffsetIndex(path: string, index: IndexFile<OffsetEntry>): void {
  const last = index.entries.at(-1)
  if (last !== undefined && last.offset < index.baseOffset) {
    throw new JavaError(
      CORRUPT,
      `Corrupt index found, index file ${path} has non-zero sizebut the last offset is ${last.offset} which is less than the base offset ${index.baseOffset}`,
    )
  }
  checkLength(path, index, 'Index')
}

export function checkTimeIndex(path: string, index: IndexFile<TimeEntry>): void {
  const [first, last] = [index.entries[0], index.entries.at(-1)]
  if (first !== undefined && last !== undefined && last.timestamp < first.timestamp) {
    throw new JavaError(
      CORRUPT,
      `Corrupt time index found, time index file (${path}) has non-zero size but the last timestamp is ${last.timestamp} which is less than the first timestamp ${first.timestamp}`,
    )
  }
  if (last !== undefined && last.offset < index.baseOffset) {
    throw new JavaError(
      CORRUPT,
      `Corrupt time index found, time index file (${path}) has non-zero size but the last offset is ${last.offset} which is less than the first offset ${index.baseOffset}`,
    )
  }
  checkLength(path, index, 'Time index')
}

function checkLength(path: string, { sizeBytes, entryBytes }: IndexFile<unknown>, title: string): void {
  if (sizeBytes % entryBytes === 0) return
  throw new JavaError(
    CORRUPT,
    `${title} file ${path} is corrupt, found ${sizeBytes} bytes which is neither positive nor a multiple of ${entryBytes}`,
  )
}
