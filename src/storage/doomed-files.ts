import type { Timer } from '../base/clock.js'
import type { Disk } from './disk.js'
import type { StorageEnvironment } from './environment.js'

/** Gives those that are there the name of what is about to be removed. Returns where they lie now. */
export function markDeleted(disk: Disk, paths: readonly string[]): string[] {
  return paths
    .filter((path) => disk.stat(path) !== null)
    .map((path) => {
      disk.rename(path, `${path}.deleted`)
      return `${path}.deleted`
    })
}

interface Group {
  readonly paths: readonly string[]
  readonly timer: Timer
}

/** Files renamed to `.deleted` that stay for a while, so that whoever is reading them can finish. */
export class DoomedFiles {
  #waiting: Group[] | null = null

  constructor(readonly environment: StorageEnvironment) {}

  removeLater(paths: readonly string[], delayMs: number): void {
    if (paths.length === 0) return
    const group = { paths, timer: this.environment.clock.after(delayMs, () => void this.#removeOneByOne(group)) }
    this.#waiting = [...(this.#waiting ?? []), group]
  }

  /** Nobody reads any more. */
  removeNow(): void {
    for (const { paths } of this.#waiting ?? []) for (const path of paths) this.environment.disk.remove(path)
    this.abandon()
  }

  /** As `removeNow`, off the main thread. */
  async removeAll(): Promise<void> {
    const paths = (this.#waiting ?? []).flatMap((group) => group.paths)
    this.abandon()
    for (const path of paths) await this.environment.disk.removeTree(path)
  }

  /** Leaves them for the next start. */
  abandon(): void {
    for (const { timer } of this.#waiting ?? []) timer.cancel()
    this.#waiting = null
  }

  /** Off the main thread, which a gigabyte in the page cache would hold up. */
  async #removeOneByOne(group: Group): Promise<void> {
    const { disk, log } = this.environment
    for (const path of group.paths) {
      if (this.#waiting?.includes(group) !== true) return
      try {
        await disk.removeTree(path)
      } catch (error) {
        log.warn(`Could not remove ${path}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    this.#waiting = this.#waiting?.filter((other) => other !== group) ?? null
  }
}
