import type { Clock } from '../base/clock.js'
import type { Quotaed } from '../security/quota.js'
import type { ClientQuotas } from './client-quotas.js'

const USER_PREFIX = 'User:'
/** A thread that does nothing else for a second has taken 100 percent. */
const PERCENT_PER_MS = 100 / 1000
/** Three weeks: a quota of next to nothing would have clients wait for longer than the world stands. */
const THROTTLE_MS_MAX = 2 ** 31 - 1

/**
 * What one request costs its sender: it is answered at once, told for how long it is to be quiet, and its connection's next
 * request is taken only then (KIP-219). Made only where somebody has a quota.
 */
export class RequestThrottle {
  readonly #quotas: ClientQuotas
  readonly #clock: Clock
  readonly #who: Quotaed
  #beganMs: number | null = null
  #busyMs = 0
  /** Once the time has been counted, or counts for nobody. */
  #isTimeSettled = false
  #bandwidthMs = 0
  #timeMs = 0
  #mutation = { throttleMs: 0, atMs: 0 }
  #toldMs = 0

  constructor(
    broker: { readonly quotas: ClientQuotas; readonly clock: Clock },
    principal: string,
    clientId: string | null,
  ) {
    this.#quotas = broker.quotas
    this.#clock = broker.clock
    this.#who = { user: principal.slice(USER_PREFIX.length), clientId: clientId ?? '' }
  }

  /** The thread turns to this request; until `pause` its time is counted. */
  resume(): void {
    this.#beganMs = this.#clock.monotonicMs()
  }

  pause(): void {
    if (this.#beganMs === null) return
    this.#busyMs += this.#clock.monotonicMs() - this.#beganMs
    this.#beganMs = null
  }

  /** The time counts for nobody: brokers ask among themselves. */
  exempt(): void {
    this.#isTimeSettled = true
  }

  /** Somebody else has answered: there it has been counted, and for how long the sender is to be quiet is in the answer. */
  forwarded(answer: unknown): void {
    this.exempt()
    const { throttleTimeMs = 0 } = (answer ?? {}) as { readonly throttleTimeMs?: number }
    this.#toldMs = throttleTimeMs
  }

  produced(bytes: number): void {
    this.#bandwidthMs = this.#quotas.produce.record(this.#who, bytes, this.#clock.monotonicMs())
  }

  /** How much may be fetched at once, however much is asked for. */
  get fetchBytesMax(): number {
    return this.#quotas.fetch.valueMax(this.#who)
  }

  /**
   * An answer with records would have so many bytes.
   * @returns whether nothing may be sent now: then they do not count either
   */
  refusesFetched(bytes: number): boolean {
    const now = this.#clock.monotonicMs()
    this.#countTime()
    this.#bandwidthMs = this.#quotas.fetch.record(this.#who, bytes, now)
    if (Math.max(this.#timeMs, this.#bandwidthMs) <= 0) return false
    this.#quotas.fetch.count(this.#who, -bytes, now)
    return true
  }

  /** Partitions are created or deleted. @returns whether that is refused, which only a strict client is */
  refusesMutation(partitions: number, isStrict: boolean): boolean {
    const atMs = this.#clock.monotonicMs()
    const throttleMs = this.#quotas.mutation.spend(this.#who, partitions, isStrict, atMs)
    if (throttleMs === 0) return false
    this.#mutation = { throttleMs, atMs }
    return isStrict
  }

  /** For how long the sender is held back in the end, in ms that an answer can tell; what is not answered does not count as time. */
  settle(isAnswered: boolean): number {
    if (isAnswered) this.#countTime()
    const passedMs = this.#clock.monotonicMs() - this.#mutation.atMs
    const mutationMs = Math.max(0, Math.round(this.#mutation.throttleMs - passedMs))
    return Math.min(Math.max(this.#bandwidthMs, this.#timeMs, mutationMs, this.#toldMs), THROTTLE_MS_MAX)
  }

  /** The answer has been written: what that took counts the next time. */
  wrote(): void {
    this.pause()
    if (this.#quotas.request.isActive)
      this.#quotas.request.count(this.#who, this.#takeBusy(), this.#clock.monotonicMs())
  }

  #countTime(): void {
    if (this.#isTimeSettled) return
    this.#isTimeSettled = true
    if (!this.#quotas.request.isActive) return
    this.#timeMs = this.#quotas.request.record(this.#who, this.#takeBusy(), this.#clock.monotonicMs())
  }

  /** Percent of a second since it was last asked for. */
  #takeBusy(): number {
    if (this.#beganMs !== null) {
      this.pause()
      this.resume()
    }
    const busyMs = this.#busyMs
    this.#busyMs = 0
    return busyMs * PERCENT_PER_MS
  }
}
