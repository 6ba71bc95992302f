import { type Log, silentLog } from '../base/log.js'
import type { Disk, DiskFile } from './disk.js'

/**
 * The files that are open at the moment: at most `filesMax`, however many partitions there are. A file opens when it is
 * used; one that has not been used since the last look around is closed for it (second chance).
 */
export class OpenFiles {
  readonly #open = new Set<LazyFile>()

  constructor(
    readonly disk: Disk,
    readonly filesMax = 800,
    readonly log: Log = silentLog,
  ) {}

  get count(): number {
    return this.#open.size
  }

  /** A file that opens when it is first used; it must exist by then. */
  file(path: string): LazyFile {
    return new LazyFile(this, path)
  }

  /** Called by a file about to open: makes room. */
  admit(file: LazyFile): void {
    while (this.#open.size >= this.filesMax) this.#closeOne()
    this.#open.add(file)
  }

  forget(file: LazyFile): void {
    this.#open.delete(file)
  }

  #closeOne(): void {
    for (const file of this.#open) {
      this.#open.delete(file)
      if (file.wasUsed()) {
        this.#open.add(file)
      } else {
        file.close()
        return
      }
    }
  }
}

/** A file by its path, open or not. */
export class LazyFile {
  #file: DiskFile | null = null
  #used = false
  /** Whether it is known that no snapshot has the same file. */
  #isAlone = false

  constructor(
    readonly files: OpenFiles,
    public path: string,
  ) {}

  /** The open file. Not to be kept: another file's use may close it. */
  use(): DiskFile {
    this.#used = true
    if (this.#file === null) {
      this.files.admit(this)
      try {
        this.#file = this.files.disk.open(this.path, 'existing')
      } catch (error) {
        this.files.forget(this)
        throw error
      }
    }
    return this.#file
  }

  /** The open file, to be changed where it lies: one that a snapshot has too becomes a copy of its own first. */
  useAlone(): DiskFile {
    if (!this.#isAlone) this.#separate()
    return this.use()
  }

  /** A snapshot has the same file from here on. */
  markShared(): void {
    this.#isAlone = false
  }

  /** Whether it was used since the last time this was asked. */
  wasUsed(): boolean {
    const used = this.#used
    this.#used = false
    return used
  }

  /** Makes the file, empty, whether or not there was one. */
  create(): void {
    this.close()
    if (!this.#isAlone && this.#isShared) this.files.disk.remove(this.path)
    this.#isAlone = true
    this.files.admit(this)
    try {
      this.#file = this.files.disk.open(this.path, 'empty')
    } catch (error) {
      this.files.forget(this)
      throw error
    }
  }

  /** Closed before: Windows renames no open file. */
  rename(path: string): void {
    this.close()
    this.files.disk.rename(this.path, path)
    this.path = path
  }

  remove(): void {
    this.close()
    this.files.disk.remove(this.path)
  }

  #separate(): void {
    if (this.#isShared) {
      this.close()
      const { disk } = this.files
      // The next start removes it should this one end here.
      const copy = `${this.path}.tmp`
      disk.copy(this.path, copy)
      disk.rename(copy, this.path)
    }
    this.#isAlone = true
  }

  get #isShared(): boolean {
    return (this.files.disk.stat(this.path)?.links ?? 1) > 1
  }

  close(): void {
    this.files.forget(this)
    const file = this.#file
    this.#file = null
    file?.close()
  }
}
