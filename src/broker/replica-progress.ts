import type { Clock } from '../base/clock.js'

const UNKNOWN = -1
const NEVER = Number.NEGATIVE_INFINITY

/** How far a follower has come, as its leader sees it from what it fetches. */
export class ReplicaProgress {
  /** Everything below it lies in the follower's log; -1 until it has fetched from this leader. */
  logEndOffset = UNKNOWN
  logStartOffset = UNKNOWN
  /** Of the broker that fetched last; -1 where it did not say, null before it has fetched at all. */
  brokerEpoch: number | null = null
  #lastFetchMs = NEVER
  #leaderEndAtLastFetch = UNKNOWN
  #lastCaughtUpMs: number

  /** Who is in sync when a leader begins is given the time to show it. */
  constructor(
    readonly clock: Clock,
    isInSync = false,
  ) {
    this.#lastCaughtUpMs = isInSync ? clock.monotonicMs() : NEVER
  }

  /** When it last had everything that the leader had, by the monotonic clock. */
  get lastCaughtUpMs(): number {
    return this.#lastCaughtUpMs
  }

  /** The same leader goes on in a new epoch: what lies with the follower stays there. */
  beginEpoch(isInSync: boolean): void {
    if (isInSync) this.#lastCaughtUpMs = this.clock.monotonicMs()
  }

  /**
   * A follower asked for `fetchOffset`: what is below it has arrived there. It had caught up now when that is the leader's
   * end, and at its last fetch when it is the end that the leader had then.
   */
  fetched(fetchOffset: number, logStartOffset: number, leaderEndOffset: number, brokerEpoch = UNKNOWN): void {
    const nowMs = this.clock.monotonicMs()
    if (fetchOffset >= leaderEndOffset) this.#lastCaughtUpMs = nowMs
    else if (fetchOffset >= this.#leaderEndAtLastFetch)
      this.#lastCaughtUpMs = Math.max(this.#lastCaughtUpMs, this.#lastFetchMs)
    this.logEndOffset = fetchOffset
    this.logStartOffset = logStartOffset
    this.brokerEpoch = brokerEpoch
    this.#lastFetchMs = nowMs
    this.#leaderEndAtLastFetch = leaderEndOffset
  }

  /** Whether it has everything, or had not long ago. */
  isCaughtUp(leaderEndOffset: number, lagMsMax: number): boolean {
    return this.logEndOffset === leaderEndOffset || this.clock.monotonicMs() - this.#lastCaughtUpMs <= lagMsMax
  }
}
