import { Meters } from './meters.js'
import { rateThrottleMs } from './quota.js'
import { type QuotaWindows, WindowedRate } from './windowed-rate.js'

/** As Kafka has "no limit". */
export const UNLIMITED = 2 ** 31 - 1

export interface ConnectionSettings {
  /** `max.connections`, of all listeners together. */
  readonly connectionsMax: number
  connectionsMaxOf(listener: string): number
  connectionsMaxFrom(address: string): number
  /** `max.connection.creation.rate`, a second. */
  readonly creationRate: number
  creationRateOf(listener: string): number
  /** Quota `connection_creation_rate` of an address; null where there is none. */
  creationRateFrom(address: string): number | null
  /** The listener that brokers use among themselves, where there is another one: it is not kept waiting for the others. */
  readonly protectedListener: string | null
}

/** What becomes of a connection whose turn it is; `closeAfterMs` keeps who comes too often from coming again at once. */
export type Admission =
  | { readonly kind: 'served' }
  | { readonly kind: 'too many'; readonly max: number }
  | { readonly kind: 'too often'; readonly closeAfterMs: number }

const BROKER = ''

/** Counts connections, by listener and by address, and decides who is served (KIP-402, KIP-612). */
export class ConnectionLimits {
  settings: ConnectionSettings
  readonly #throttleMsMax: number
  readonly #rates: Meters<WindowedRate>
  readonly #byAddress = new Map<string, number>()
  readonly #byListener = new Map<string, number>()
  #total = 0

  constructor(windows: QuotaWindows, settings: ConnectionSettings) {
    this.settings = settings
    this.#throttleMsMax = windows.sizeMs
    this.#rates = new Meters(() => new WindowedRate(windows))
  }

  /** Somebody has connected. @returns how long the listener lets everybody wait for it, in ms */
  arrived(listener: string, nowMs: number): number {
    const { settings } = this
    const ofBroker =
      listener === settings.protectedListener ? 0 : this.#counted(BROKER, settings.creationRate, nowMs).throttleMs
    const rate = settings.creationRateOf(listener)
    return Math.max(ofBroker, this.#counted(`listener ${listener}`, rate, nowMs).throttleMs)
  }

  hasRoom(listener: string): boolean {
    if ((this.#byListener.get(listener) ?? 0) >= this.settings.connectionsMaxOf(listener)) return false
    return listener === this.settings.protectedListener || this.#total < this.settings.connectionsMax
  }

  /** More are there than may be since the limit was lowered: the one that was silent for longest goes. */
  get isOverfull(): boolean {
    return this.#total > this.settings.connectionsMax
  }

  /** Who is served counts until `left`. */
  admit(listener: string, address: string, nowMs: number): Admission {
    const rate = this.settings.creationRateFrom(address)
    if (rate !== null) {
      const { throttleMs, meter } = this.#counted(`from ${address}`, rate, nowMs)
      if (throttleMs > 0) {
        // It is not served, and so not counted either.
        meter?.record(-1, nowMs)
        return { kind: 'too often', closeAfterMs: throttleMs }
      }
    }
    const max = this.settings.connectionsMaxFrom(address)
    const count = this.#byAddress.get(address) ?? 0
    if (count >= max) return { kind: 'too many', max }
    this.#byAddress.set(address, count + 1)
    this.#byListener.set(listener, (this.#byListener.get(listener) ?? 0) + 1)
    this.#total++
    return { kind: 'served' }
  }

  left(listener: string, address: string): void {
    const count = this.#byAddress.get(address) ?? 0
    if (count > 1) this.#byAddress.set(address, count - 1)
    else this.#byAddress.delete(address)
    this.#byListener.set(listener, (this.#byListener.get(listener) ?? 0) - 1)
    this.#total--
  }

  #counted(name: string, limit: number, nowMs: number): { throttleMs: number; meter: WindowedRate | null } {
    if (limit >= UNLIMITED) return { throttleMs: 0, meter: null }
    const meter = this.#rates.of(name, nowMs)
    meter.record(1, nowMs)
    return { throttleMs: Math.min(rateThrottleMs(meter, limit, nowMs), this.#throttleMsMax), meter }
  }
}
