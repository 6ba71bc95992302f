import type { RecordBatch } from '../../records/batch.js'
import { entriesIn, type LegacyBatch } from '../../records/legacy.js'
import { type DiskFile, systemDisk } from '../../storage/disk.js'
import { JavaError } from '../java-error.js'

const CHUNK_BYTES = 1024 * 1024
const PREFIX_BYTES = 17
const LENGTH = 8
const LENGTH_PREFIX_BYTES = 12

export type Batch = RecordBatch | LegacyBatch

export interface PlacedBatch {
  readonly batch: Batch
  /** Byte in the file where it starts. */
  readonly position: number
}

/** A segment or a snapshot, read in pieces: it may be larger than the memory. */
export class LogFile {
  readonly #file: DiskFile
  readonly sizeBytes: number

  constructor(path: string) {
    if (systemDisk.stat(path) === null) throw new JavaError('java.nio.file.NoSuchFileException', path)
    this.#file = systemDisk.open(path, 'existing')
    this.sizeBytes = this.#file.size()
  }

  /** Whole batches from `position` on, as far as `end`. @throws MalformedBytes where a length or magic cannot be. */
  *batches(position = 0, end = this.sizeBytes): Generator<PlacedBatch, void, undefined> {
    let wanted = CHUNK_BYTES
    for (let at = position; at < end; ) {
      const chunk = this.#read(at, Math.min(wanted, end - at))
      let used = 0
      for (const batch of entriesIn(chunk)) {
        yield { batch, position: at + used }
        used += batch.sizeBytes
      }
      at += used
      if (used === 0) {
        if (chunk.length < PREFIX_BYTES) return
        wanted = LENGTH_PREFIX_BYTES + chunk.readInt32BE(LENGTH)
        if (wanted > end - at) return
      } else wanted = CHUNK_BYTES
    }
  }

  close(): void {
    this.#file.close()
  }

  #read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    return bytes.subarray(0, this.#file.read(bytes, 0, length, position))
  }
}
