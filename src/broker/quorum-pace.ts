import type { Clock } from '../base/clock.js'
import type { QuorumConfig } from '../quorum/quorum.js'

/** A sync that takes longer than this makes its member patient … */
const SLOW_SYNC_MS = 50
/** … for so long. */
const REMEMBERED_MS = 5000
/** A record is kept by the leader first and by its followers then; so is a vote by who asks for it and by who gives it. */
const SYNCS_AWAITED = 2
const STRETCH_MAX = 20

/** How long the disk lets this member of the quorum wait: so much longer the others may take, who keep as much on as slow a disk. */
export class QuorumPace {
  #lastSlow: { readonly syncMs: number; readonly atMs: number } | null = null

  constructor(readonly clock: Clock) {}

  /** Does what waits for the disk. */
  timed(sync: () => void): void {
    const startMs = this.clock.monotonicMs()
    try {
      sync()
    } finally {
      const atMs = this.clock.monotonicMs()
      const syncMs = atMs - startMs
      if (syncMs > SLOW_SYNC_MS) this.#lastSlow = { syncMs, atMs }
    }
  }

  /** The same, but for times that others must not be silent for: those grow with what the disk takes. */
  paced(config: QuorumConfig): QuorumConfig {
    const stretched = (ms: number): number => this.stretched(ms)
    return {
      get electionTimeoutMs() {
        return stretched(config.electionTimeoutMs)
      },
      get fetchTimeoutMs() {
        return stretched(config.fetchTimeoutMs)
      },
      get electionBackoffMsMax() {
        return config.electionBackoffMsMax
      },
      get requestTimeoutMs() {
        return config.requestTimeoutMs
      },
      get joinsByItself() {
        return config.joinsByItself
      },
    }
  }

  /** How long others may be silent, where they otherwise may be so for `ms`. */
  stretched(ms: number): number {
    if (this.#lastSlow === null) return ms
    const { syncMs, atMs } = this.#lastSlow
    if (this.clock.monotonicMs() - atMs > REMEMBERED_MS) return ms
    return Math.round(ms + Math.min(SYNCS_AWAITED * syncMs, STRETCH_MAX * ms))
  }
}
