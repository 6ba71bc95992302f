import type { Clock, Timer } from '../base/clock.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import type { MetadataLog } from './metadata-log.js'

export interface BrokerSessionsOptions {
  readonly nodeId: number
  readonly metadata: MetadataLog
  readonly clock: Clock
  /** `broker.session.timeout.ms`; read each time. */
  readonly timeoutMs: () => number
  /** Called for each broker that has not been heard of for so long. */
  readonly expire: (brokerId: number) => void
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
  #timer: Timer | null = null

  constructor(options: BrokerSessionsOptions) {
    this.#options = options
    const { metadata } = options
    this.#unsubscribe = [
      metadata.onController(() => this.#follow(metadata.image)),
      metadata.subscribe((image) => this.#follow(image)),
    ]
  }

  heard(brokerId: number, metadataOffset: number): void {
    const session = { lastHeardMs: this.#options.clock.monotonicMs(), metadataOffset }
    this.#sessions.set(brokerId, session)
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
    this.#timer?.cancel()
    this.#timer = null
  }

  /** A new controller gives everybody the whole time: it cannot know when its predecessor heard of them. */
  #follow(image: MetadataImage): void {
    const { metadata, clock, nodeId } = this.#options
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
    if (hasOthers && this.#timer === null) this.#watch()
  }

  #watch(): void {
    const { clock, timeoutMs } = this.#options
    this.#timer = clock.after(timeoutMs() / 8, () => {
      this.#timer = null
      const before = clock.monotonicMs() - timeoutMs()
      for (const [id, { lastHeardMs }] of this.#sessions) {
        if (lastHeardMs >= before) continue
        this.#sessions.delete(id)
        this.#options.expire(id)
      }
      if (this.#sessions.size > 0) this.#watch()
    })
  }
}
