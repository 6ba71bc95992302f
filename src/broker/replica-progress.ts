import type { Clock } from '../base/clock.js'

const UNKNOWN = -1

/** How far a follower has come, as its leader sees it from what it fetches. */
export class ReplicaProgress {
  /** Everything below it lies in the follower's log; -1 until it has fetched in this leader epoch. */
  logEndOffset = UNKNOWN
  logStartOffset = UNKNOWN
  #lastFetchMs = 0
  #leaderEndAtLastFetch = 0
  #lastCaughtUpMs = 0

  constructor(readonly clock: Clock) {}

  /** When it last had everything that the leader had, by the monotonic clock. */
  get lastCaughtUpMs(): number {
    return this.#lastCaughtUpMs
  }

  /**
   * A follower asked for `fetchOffset`: what is below it has arrived there. It had caught up now when that is the leader's
   * end, and at its last fetch when it is the end that the leader had then.
   */
  fetched(fetchOffset: number, logStartOffset: number, leaderEndOffset: number): void {
    const nowMs = this.clock.monotonicMs()
    if (fetchOffset >= leaderEndOffset) this.#lastCaughtUpMs = nowMs
    else if (fetchOffset >= this.#leaderEndAtLastFetch) this.#lastCaughtUpMs = this.#lastFetchMs
    this.logEndOffset = fetchOffset
    this.logStartOffset = logStartOffset
    this.#lastFetchMs = nowMs
    this.#leaderEndAtLastFetch = leaderEndOffset
  }
}
