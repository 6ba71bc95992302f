import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { clientQuotasOf } from '../cluster/client-quotas.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import type { FramedConnection } from '../net/connection.js'
import type { Arrival } from '../net/listener.js'
import { addressOf } from '../net/resolve.js'
import { ConnectionLimits, type ConnectionSettings } from '../security/connection-limits.js'
import type { BrokerConfig } from './broker-config.js'
import { quotaWindows } from './client-quotas.js'

export interface ConnectionGateOptions {
  readonly config: BrokerConfig
  /** Names, as they are at the moment. */
  readonly listeners: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

/** Who waits at one listener, in the order of arrival. Like Kafka's acceptor, a listener turns to one after the other. */
interface Lane {
  readonly listener: string
  readonly waiting: { readonly arrival: Arrival; isCounted: boolean }[]
  isHeld: boolean
}

/** Lets connections in as `max.connections` and its like allow. A listener that is full lets newcomers wait until somebody leaves. */
export class ConnectionGate {
  readonly #options: ConnectionGateOptions
  readonly #limits: ConnectionLimits
  readonly #lanes = new Map<string, Lane>()
  readonly #served = new Map<FramedConnection, string>()
  /** By address, with names resolved; null is every other address. */
  #ratesFrom: ReadonlyMap<string | null, number> = new Map()
  #countsFrom: ReadonlyMap<string | null, number> = new Map()
  #records: MetadataImage['parts']['others'] | null = null

  constructor(options: ConnectionGateOptions) {
    this.#options = options
    this.#limits = new ConnectionLimits(quotaWindows(options.config), this.#settings())
    options.config.onChange(() => this.reconfigure())
    this.reconfigure()
  }

  /** Somebody has connected to `listener`. */
  arrive(listener: string, arrival: Arrival): void {
    let lane = this.#lanes.get(listener)
    if (lane === undefined) {
      lane = { listener, waiting: [], isHeld: false }
      this.#lanes.set(listener, lane)
    }
    lane.waiting.push({ arrival, isCounted: false })
    this.#next(lane)
  }

  /** Takes over the quotas of addresses; to be called with every image. Resolves when they hold. */
  async follow(image: MetadataImage): Promise<void> {
    if (image.parts.others === this.#records) return
    this.#records = image.parts.others
    const rates = clientQuotasOf(image).flatMap(({ entity, values }): [string | null, number][] => {
      const rate = values.get('connection_creation_rate')
      return entity.has('ip') && rate !== undefined ? [[entity.get('ip') ?? null, rate]] : []
    })
    const resolved = await byAddress(rates)
    if (image.parts.others === this.#records) this.#ratesFrom = resolved
  }

  #next(lane: Lane): void {
    while (!lane.isHeld) {
      const first = lane.waiting[0]
      if (first === undefined) return
      if (!first.isCounted) {
        first.isCounted = true
        const waitMs = this.#limits.arrived(lane.listener, this.#options.clock.monotonicMs())
        if (waitMs > 0) {
          this.#hold(lane, waitMs)
          return
        }
      }
      if (!this.#limits.hasRoom(lane.listener)) return
      lane.waiting.shift()
      this.#admit(lane.listener, first.arrival)
    }
  }

  #hold(lane: Lane, ms: number): void {
    lane.isHeld = true
    this.#options.clock.after(ms, () => {
      lane.isHeld = false
      this.#next(lane)
    })
  }

  #admit(listener: string, arrival: Arrival): void {
    const { clock, log } = this.#options
    if (arrival.isGone) return
    const admission = this.#limits.admit(listener, arrival.address, clock.monotonicMs())
    if (admission.kind === 'served') {
      this.#serve(listener, arrival)
      return
    }
    if (admission.kind === 'too often') {
      clock.after(admission.closeAfterMs, () => arrival.refuse())
      return
    }
    const limit = `address already has the configured maximum of ${admission.max} connections`
    log.info(`Rejected connection from ${arrival.address}, ${limit}`)
    arrival.refuse()
  }

  #serve(listener: string, arrival: Arrival): void {
    const connection = arrival.serve()
    this.#served.set(connection, listener)
    connection.onClose(() => {
      this.#served.delete(connection)
      this.#limits.left(listener, arrival.address)
      for (const lane of this.#lanes.values()) this.#next(lane)
    })
  }

  /** Settings, or the names of listeners, have changed. */
  reconfigure(): void {
    this.#limits.settings = this.#settings()
    void this.#resolveOverrides()
    for (const lane of this.#lanes.values()) this.#next(lane)
    if (this.#limits.isOverfull) this.#closeSilent()
  }

  async #resolveOverrides(): Promise<void> {
    const text = this.#options.config.string('max.connections.per.ip.overrides')
    const counts = text.split(/\s*,\s*/).flatMap((entry): [string, number][] => {
      const colon = entry.lastIndexOf(':')
      const count = entry.slice(colon + 1).trim()
      return colon > 0 && /^\d+$/.test(count) ? [[entry.slice(0, colon).trim(), Number(count)]] : []
    })
    const resolved = await byAddress(counts)
    if (text === this.#options.config.string('max.connections.per.ip.overrides')) this.#countsFrom = resolved
  }

  /** Those that have been silent for longest make room, except on the listener of the brokers. */
  #closeSilent(): void {
    const { protectedListener, connectionsMax } = this.#limits.settings
    const closable = [...this.#served].filter(([, listener]) => listener !== protectedListener)
    closable.sort(([a], [b]) => a.lastActiveMs - b.lastActiveMs)
    for (const [connection] of closable.slice(0, Math.max(0, this.#served.size - connectionsMax))) connection.destroy()
  }

  #settings(): ConnectionSettings {
    const { config, listeners } = this.#options
    const perAddress = config.int('max.connections.per.ip')
    const ofListener = (listener: string, name: string): number =>
      config.int(`listener.name.${listener.toLowerCase()}.${name}`)
    const ownListener = config.stringOrNull('inter.broker.listener.name') ?? 'PLAINTEXT'
    return {
      connectionsMax: config.int('max.connections'),
      connectionsMaxOf: (listener) => ofListener(listener, 'max.connections'),
      connectionsMaxFrom: (address) => this.#countsFrom.get(address) ?? perAddress,
      creationRate: config.int('max.connection.creation.rate'),
      creationRateOf: (listener) => ofListener(listener, 'max.connection.creation.rate'),
      creationRateFrom: (address) => this.#ratesFrom.get(address) ?? this.#ratesFrom.get(null) ?? null,
      protectedListener: listeners.length > 1 && listeners.includes(ownListener) ? ownListener : null,
    }
  }
}

/** Names that have no address, now, have no limit. */
async function byAddress<N extends string | null>(
  limits: readonly (readonly [N, number])[],
): Promise<Map<string | null, number>> {
  const resolved = await Promise.all(
    limits.map(async ([host, limit]) => [host === null ? null : await addressOf(host), limit, host] as const),
  )
  return new Map(
    resolved.flatMap(([address, limit, host]) => (address === null && host !== null ? [] : [[address, limit]])),
  )
}
