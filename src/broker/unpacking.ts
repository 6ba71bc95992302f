import type { Clock } from '../base/clock.js'
import { UnpackingRoom } from '../records/codecs/unpacking-room.js'

/** A kilobyte may take a quarter of a second to be unpacked: so much of it in one turn of the event loop, and then somebody else's. */
const MS_PER_TURN = 20

/** Bounds how long everybody else waits for what is unpacked to be checked. */
export class Unpacking {
  readonly room = new UnpackingRoom()
  #spentMs = 0

  constructor(readonly clock: Clock) {}

  /** Whether this turn has had its share. */
  get isSpent(): boolean {
    return this.#spentMs >= MS_PER_TURN
  }

  measured<Result>(unpack: () => Result): Result {
    const startMs = this.clock.monotonicMs()
    try {
      return unpack()
    } finally {
      this.#spend(this.clock.monotonicMs() - startMs)
    }
  }

  /** Resolves after whatever else is due. */
  nextTurn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  #spend(ms: number): void {
    const wasSpent = this.isSpent
    this.#spentMs += ms
    if (this.isSpent && !wasSpent)
      setImmediate(() => {
        this.#spentMs = 0
      })
  }
}
