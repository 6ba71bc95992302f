import type { Timer } from '../base/clock.js'
import type { Random } from '../base/random.js'
import { Backoff } from './backoff.js'
import { BrokerConnection } from './broker-connection.js'
import type { Broker, ClusterClient } from './cluster-client.js'

/** Told about a link's connection. */
export interface LinkListener {
  /** The link can be used, or no longer, or may be tried again. */
  onChange(): void
  /** Nobody answers at the broker's address. */
  onUnreachable(broker: Broker): void
}

/** A connection of one's own to one broker, for calls that park there; opened again after it broke, with growing pauses. */
export class BrokerLink {
  readonly #client: ClusterClient
  readonly #listener: LinkListener
  readonly #newBackoff: () => Backoff
  #backoff: Backoff
  #connection: BrokerConnection | null = null
  #isBusy = false
  #pause: Timer | null = null
  #isClosed = false
  /** Requests that have not been answered. */
  inFlight = 0

  constructor(
    readonly broker: Broker,
    client: ClusterClient,
    random: Random,
    listener: LinkListener,
  ) {
    const { reconnectBackoffMs, reconnectBackoffMsMax } = client.config
    this.#client = client
    this.#listener = listener
    this.#newBackoff = () => new Backoff(reconnectBackoffMs, reconnectBackoffMsMax, random)
    this.#backoff = this.#newBackoff()
  }

  /** Null when there is no connection now; then one is being opened, and the listener hears of it. */
  get connection(): BrokerConnection | null {
    if (this.#connection === null && !this.#isBusy && !this.#isClosed) void this.#open()
    return this.#connection
  }

  close(): void {
    this.#isClosed = true
    this.#pause?.cancel()
    this.#connection?.close()
  }

  async #open(): Promise<void> {
    this.#isBusy = true
    const { clientId, requestTimeoutMs, connectTimeoutMs } = this.#client.config
    const options = { clientId, clock: this.#client.clock, requestTimeoutMs, connectTimeoutMs }
    const opened = await BrokerConnection.open(this.broker, options).catch(() => null)
    if (opened === null) this.#waitBeforeNextTry()
    else this.#use(opened)
  }

  #waitBeforeNextTry(): void {
    if (this.#isClosed) return
    this.#listener.onUnreachable(this.broker)
    this.#pause = this.#client.clock.after(this.#backoff.next(), () => {
      this.#isBusy = false
      this.#listener.onChange()
    })
  }

  #use(connection: BrokerConnection): void {
    if (this.#isClosed) {
      connection.close()
      return
    }
    this.#connection = connection
    this.#isBusy = false
    this.#backoff = this.#newBackoff()
    void connection.closed.then(() => {
      this.#connection = null
      this.#listener.onChange()
    })
    this.#listener.onChange()
  }
}
