import type { Disk, DiskFile } from './disk.js'
import { writeFully } from './write-fully.js'

const PIECE_BYTES = 1024 * 1024
/** What systems answer where a file cannot have a second name there: another file system, one without links, too many. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * Files on their way into a snapshot. They are taken at one moment, without anything else happening in between: those that
 * nobody writes to any more as links, of the others so many bytes as they have then.
 */
export class SnapshotCopy {
  readonly #later: { readonly from: DiskFile; readonly to: string }[] = []

  constructor(readonly disk: Disk) {}

  /** A file that is never changed where it lies. Where it cannot be linked it is held open, and copied by `finish`. */
  share(path: string, to: string): void {
    try {
      this.disk.link(path, to)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && NO_LINK.has(String(error.code)))) throw error
      this.#later.push({ from: this.disk.open(path, 'existing'), to })
    }
  }

  /** The first `sizeBytes` of a file. */
  copyNow(path: string, to: string, sizeBytes: number): void {
    const from = this.disk.open(path, 'existing')
    try {
      for (const _ of this.#pieces(from, to, sizeBytes));
    } finally {
      from.close()
    }
  }

  /** Copies what could not be linked, letting others have their turn. */
  async finish(): Promise<void> {
    for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift()) {
      const { from, to } = next
      try {
        for (const _ of this.#pieces(from, to, from.size())) await new Promise<void>((done) => setImmediate(done))
      } finally {
        from.close()
      }
    }
  }

  /** Lets go of everything. */
  abandon(): void {
    for (const { from } of this.#later.splice(0)) from.close()
  }

  *#pieces(from: DiskFile, path: string, sizeBytes: number): Generator<void> {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, sizeBytes))
    const to = this.disk.open(path, 'empty')
    try {
      for (let position = 0; position < sizeBytes; yield) {
        const count = from.read(piece, 0, Math.min(piece.length, sizeBytes - position), position)
        if (count === 0) return
        writeFully(to, [piece.subarray(0, count)], count, position)
        position += count
      }
    } finally {
      to.close()
    }
  }
}
