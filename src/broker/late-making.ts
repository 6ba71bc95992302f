import type { Clock } from '../base/clock.js'
import { inSlices, type Slices } from '../storage/slices.js'
import type { Partition } from './partition.js'

/** A change of the metadata makes the files of so many new partitions, and of more for so long; those of the others follow. */
const AT_ONCE = 16
const AT_ONCE_MS = 20
const PAUSE_MS = 1

/**
 * The files of partitions of which many came together: they are made in the background, a slice at a time, on a slow disk
 * for seconds. Who needs one sooner has it made then.
 */
export class LateMaking {
  readonly #waiting: Partition[] = []
  #isRunning = false
  #isOver = false
  #left = 0
  #endMs = 0

  constructor(
    readonly clock: Clock,
    /** Of one that may have been made by now, or may be gone. */
    readonly make: (partition: Partition) => void,
  ) {}

  /** A change of the metadata begins to be followed. */
  begin(): void {
    this.#left = AT_ONCE
    this.#endMs = this.clock.monotonicMs() + AT_ONCE_MS
  }

  /** Whether the next new partition of the change may do without files for now. */
  mayWait(): boolean {
    return this.#left-- <= 0 && this.clock.monotonicMs() >= this.#endMs
  }

  add(partition: Partition): void {
    this.#waiting.push(partition)
    if (this.#isRunning) return
    this.#isRunning = true
    this.clock.after(PAUSE_MS, () => void this.#run())
  }

  stop(): void {
    this.#isOver = true
  }

  async #run(): Promise<void> {
    if (!this.#isOver) await inSlices(this.#work(), { clock: this.clock, isOver: () => this.#isOver })
    this.#isRunning = false
  }

  *#work(): Slices<void> {
    // Others may come meanwhile.
    for (const partition of this.#waiting) {
      this.make(partition)
      yield
    }
    this.#waiting.length = 0
  }
}
