import type { Effects } from '../coordination/effects.js'
import type { QuorumEffect, QuorumTimer } from '../quorum/effects.js'

export type QuorumEffects = Effects<QuorumTimer, QuorumEffect>['list']
/** Carries one out; what is to be told once all are done goes into `news`. */
type CarryOut = (effect: QuorumEffects[number], rest: QuorumEffects, news: (() => void)[]) => void

/**
 * Effects in their order. Where the disk does not take one, that and all that follows stays owed, and comes before anything new:
 * nobody may hear of more than a crash would leave, or a vote that was forgotten is given twice.
 */
export class OwedEffects {
  #owed: { readonly list: QuorumEffects; readonly news: (() => void)[] } | null = null

  constructor(readonly carryOut: CarryOut) {}

  /** @throws what carrying out throws */
  catchUp(): void {
    if (this.#owed !== null) this.run(this.#owed.list, this.#owed.news)
  }

  /** @throws what carrying out throws */
  run(list: QuorumEffects, news: (() => void)[] = []): void {
    this.#owed = null
    list.forEach((effect, at) => {
      try {
        this.carryOut(effect, list.slice(at + 1), news)
      } catch (error) {
        this.#owed = { list: list.slice(at), news }
        throw error
      }
    })
    for (const tell of news) tell()
  }
}
