import type { Clock, Timer } from '../base/clock.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { HangUps, type HeardOn } from './hang-ups.js'
import type { MetadataLog } from './metadata-log.js'

export interface BrokerSessionsOptions {
  readonly nodeId: number
  readonly metadata: MetadataLog
  readonly clock: Clock
  /** `broker.session.timeout.ms`; read each time. */
  readonly timeoutMs: () => number
  /** Called for each broker that has not been heard of for so long, or is known to be gone. */
  readonly expire: (brokerId: number, why: 'silent' | 'gone') => void
  /** Whether nobody listens any more where a broker did; null where only silence is to count. */
  readonly isGone: ((brokerId: number) => Promise<boolean>) | null
}

interface Session {
  lastHeardMs: number
  /** How far in the metadata it said that it was. */
  metadataOffset: number
}

/** Which brokers the active controller hears from: who is silent for too long is taken for dead. */
export class BrokerSessions {
  readonly #options: BrokerSessionsOptions
  readonly #sessions = new Map<number, Session>()
  readonly #unsubscribe: (() => void)[]
  readonly #hangUps: HangUps | null
  #timer: Timer | null = null
  #isActive = false

  constructor(options: BrokerSessionsOptions) {
    this.#options = options
    const { metadata, clock, isGone } = options
    this.#hangUps = isGone && new HangUps({ clock, isGone })
    this.#unsubscribe = [
      metadata.onController(() => this.#follow(metadata.image)),
      metadata.subscribe((image) => this.#follow(image)),
    ]
  }

  /** @param link what it came in on; null for this node's own broker */
  heard(brokerId: number, metadataOffset: number, link: HeardOn | null): void {
    const session = { lastHeardMs: this.#options.clock.monotonicMs(), metadataOffset }
    this.#sessions.set(brokerId, session)
    const isKnown = this.#options.metadata.image.brokers.has(brokerId)
    if (link !== null && isKnown) this.#hangUps?.heardOn(brokerId, link, () => void this.#doubt(brokerId))
  }

  /** The least that any broker in service knows of the metadata. */
  leastOffset(image: MetadataImage): number {
    let least = Number.MAX_SAFE_INTEGER
    for (const { id, fenced } of image.brokers.values()) {
      if (!fenced && id !== this.#options.nodeId) least = Math.min(least, this.#sessions.get(id)?.metadataOffset ?? -1)
    }
    return least
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#hangUps?.close()
    this.#timer?.cancel()
    this.#timer = null
  }

  /**
   * A new controller gives everybody the whole time: it cannot know when its predecessor heard of them. But it looks who is there:
   * its predecessor may be gone.
   */
  #follow(image: MetadataImage): void {
    const { metadata, clock, nodeId } = this.#options
    const isNew = metadata.isActive && !this.#isActive
    this.#isActive = metadata.isActive
    if (!metadata.isActive) {
      this.#sessions.clear()
      this.#timer?.cancel()
      this.#timer = null
      return
    }
    const now = clock.monotonicMs()
    let hasOthers = false
    for (const { id, fenced } of image.brokers.values()) {
      // This node's broker lives as long as this process does.
      if (fenced || id === nodeId) continue
      hasOthers = true
      if (!this.#sessions.has(id)) this.#sessions.set(id, { lastHeardMs: now, metadataOffset: -1 })
    }
    for (const id of this.#sessions.keys()) if (image.brokers.get(id)?.fenced !== false) this.#sessions.delete(id)
    if (isNew) for (const id of this.#sessions.keys()) void this.#doubt(id)
    if (hasOthers && this.#timer === null) this.#watch()
  }

  /** It may be gone: whoever is heard of meanwhile is not. */
  async #doubt(id: number): Promise<void> {
    const session = this.#sessions.get(id)
    if (session === undefined || this.#hangUps === null) return
    const isGone = await this.#hangUps.look(id, () => this.#sessions.get(id) !== session)
    if (isGone) this.#expire(id, 'gone')
  }

  #expire(id: number, why: 'silent' | 'gone'): void {
    this.#sessions.delete(id)
    this.#options.expire(id, why)
  }

  #watch(): void {
    const { clock, timeoutMs } = this.#options
    const dueMs = clock.monotonicMs() + timeoutMs() / 8
    this.#timer = clock.after(timeoutMs() / 8, () => {
      this.#timer = null
      const now = clock.monotonicMs()
      // While this process stood still it could hear nobody: that time counts for none of them.
      for (const session of this.#sessions.values())
        session.lastHeardMs = Math.min(now, session.lastHeardMs + Math.max(0, now - dueMs))
      const before = now - timeoutMs()
      for (const [id, { lastHeardMs }] of this.#sessions) if (lastHeardMs < before) this.#expire(id, 'silent')
      if (this.#sessions.size > 0) this.#watch()
    })
  }
}
