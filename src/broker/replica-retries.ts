import type { Clock, Timer } from '../base/clock.js'
import type { LogDirectory } from '../storage/log-directory.js'
import { FREE_BYTES_MIN } from '../storage/write-fully.js'

const RETRY_MS = 1000

interface Waiting {
  readonly topic: string
  readonly index: number
  readonly directory: LogDirectory
}

/** Replicas that could not be opened because the disk was full: they are tried again once there is room. */
export class ReplicaRetries {
  readonly #waiting = new Map<string, Waiting>()
  #timer: Timer | null = null

  constructor(
    readonly clock: Clock,
    readonly open: (topic: string, index: number) => void,
  ) {}

  add(topic: string, index: number, directory: LogDirectory): void {
    this.#waiting.set(`${topic}-${index}`, { topic, index, directory })
    this.#timer ??= this.clock.after(RETRY_MS, () => this.#look())
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#waiting.clear()
  }

  #look(): void {
    this.#timer = null
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { topic, index, directory } of waiting) {
      if (directory.failure !== null) continue
      if (directory.space.usableBytes < FREE_BYTES_MIN) this.add(topic, index, directory)
      else this.open(topic, index)
    }
  }
}
