import type { Timer } from '../base/clock.js'
import type { StorageEnvironment } from './environment.js'

/** Files renamed to `.deleted` that stay for a while, so that whoever is reading them can finish. */
export class DoomedFiles {
  #waiting: { paths: readonly string[]; timer: Timer }[] | null = null

  constructor(readonly environment: StorageEnvironment) {}

  removeLater(paths: readonly string[], delayMs: number): void {
    if (paths.length === 0) return
    const group = { paths, timer: this.environment.clock.after(delayMs, () => this.#remove(group)) }
    this.#waiting = [...(this.#waiting ?? []), group]
  }

  /** Nobody reads any more. */
  removeNow(): void {
    for (const group of this.#waiting ?? []) this.#remove(group)
  }

  /** Leaves them for the next start. */
  abandon(): void {
    for (const { timer } of this.#waiting ?? []) timer.cancel()
    this.#waiting = null
  }

  #remove(group: { paths: readonly string[]; timer: Timer }): void {
    group.timer.cancel()
    this.#waiting = this.#waiting?.filter((other) => other !== group) ?? null
    for (const path of group.paths) this.environment.disk.remove(path)
  }
}
