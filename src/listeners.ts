import type { Clock } from './base/clock.js'
import type { Log } from './base/log.js'
import { Serial } from './base/serial.js'
import { UserError } from './base/user-error.js'
import type { BrokerConfig } from './broker/broker-config.js'
import { ConnectionGate } from './broker/connection-gate.js'
import { type ListenerSettings, listenerSettings } from './broker/listener-settings.js'
import type { MetadataImage } from './cluster/metadata-image.js'
import { AnswerMemory } from './net/answer-memory.js'
import type { BufferPool } from './net/buffer-pool.js'
import type { ServedConnection } from './net/connection.js'
import type { ConnectionRoom } from './net/connection-room.js'
import { Gate } from './net/gate.js'
import { Listener } from './net/listener.js'
import type { RequestMemory } from './net/request-memory.js'

export interface ListenersOptions {
  readonly config: BrokerConfig
  /** What connections live by. */
  readonly clock: Clock
  /** What their quotas are counted by. */
  readonly brokerClock: Clock
  readonly log: Log
  /** Without it requests are bounded by their size alone. */
  readonly memory: RequestMemory | null
  /** What requests are read into. */
  readonly buffers: BufferPool
  /** Of the whole process. */
  readonly connections: ConnectionRoom
}

export type Serve = (connection: ServedConnection) => void

interface Opened {
  readonly listener: Listener
  readonly gate: Gate
}

/** All that a broker listens on. What comes before it is served waits. */
export class Listeners {
  readonly #options: ListenersOptions
  readonly #opened = new Map<string, Opened>()
  readonly #names: string[] = []
  readonly #limits: ConnectionGate
  readonly #answers = new AnswerMemory()
  readonly #changes = new Serial()
  #unfollow: () => void = () => {}

  constructor(options: ListenersOptions) {
    const { config, brokerClock: clock, log } = options
    this.#options = options
    this.#limits = new ConnectionGate({ config, listeners: this.#names, clock, log })
  }

  /** @throws UserError where one cannot be listened on */
  async open(all: readonly ListenerSettings[]): Promise<void> {
    this.#names.push(...all.map(({ name }) => name))
    const outcomes = await Promise.allSettled(
      all.map(async (settings) => this.#opened.set(settings.name, await this.#open(settings))),
    )
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  portOf(name: string): number {
    return this.#opened.get(name)?.listener.port ?? 0
  }

  serve({ name }: ListenerSettings, serve: Serve): void {
    this.#opened.get(name)?.gate.open(serve)
  }

  /** Takes over the quotas of addresses; to be called with every image. */
  followQuotas(image: MetadataImage): void {
    void this.#limits.follow(image)
  }

  /**
   * Opens and closes listeners for clients as they are set while the broker runs (KIP-226). As in Kafka a listener is known by
   * its name: another port for a name that is there holds from the next start on.
   */
  follow(clients: readonly ListenerSettings[], serves: (name: string) => Serve): void {
    let wanted = new Set(clients.map(({ name }) => name))
    const change = (): void => {
      void this.#changes.run(async () => {
        const next = this.#settings()
        if (next === null) return
        const names = new Set(next.map(({ name }) => name))
        for (const name of wanted) if (!names.has(name)) await this.#remove(name)
        for (const settings of next) if (!wanted.has(settings.name)) await this.#add(settings, serves(settings.name))
        wanted = names
        this.#limits.reconfigure()
      })
    }
    this.#unfollow = this.#options.config.onChange(change)
    change()
  }

  /** Takes no more connections; those that are there stay. */
  async stopAccepting(): Promise<void> {
    this.#unfollow()
    await this.#changes.run(async () => {
      for (const { listener } of this.#opened.values()) await listener.stopAccepting()
    })
  }

  async close(): Promise<void> {
    this.#unfollow()
    const closeAll = () => Promise.all([...this.#opened.values()].map(({ listener }) => listener.close()))
    await closeAll()
    // One that was just being opened has come since.
    await this.#changes.run(closeAll)
  }

  /** Null where they make no sense, which has been refused, unless another node has let it pass. */
  #settings(): ListenerSettings[] | null {
    const { config, log } = this.#options
    try {
      return plaintextOnly(listenerSettings((name) => config.text(name)))
    } catch (error) {
      log.error(`Listeners stay as they are: ${reason(error)}`)
      return null
    }
  }

  async #add(settings: ListenerSettings, serve: Serve): Promise<void> {
    const { log } = this.#options
    const { name } = settings
    try {
      const opened = await this.#open(settings)
      this.#opened.set(name, opened)
      this.#names.push(name)
      opened.gate.open(serve)
      log.info(`Listening on ${settings.host ?? ''}:${opened.listener.port}, listener ${name}`)
    } catch (error) {
      log.error(`The listener ${name} is not there: ${reason(error)}`)
    }
  }

  async #remove(name: string): Promise<void> {
    const opened = this.#opened.get(name)
    if (opened === undefined) return
    this.#opened.delete(name)
    this.#names.splice(this.#names.indexOf(name), 1)
    await opened.listener.close()
    this.#options.log.info(`The listener ${name} is closed`)
  }

  async #open({ name, host, port }: ListenerSettings): Promise<Opened> {
    const { config, clock, log, memory, connections: room } = this.#options
    if (!isLoopback(host))
      log.warn(
        `The listener ${name} listens on ${host ?? 'every address'}: whoever reaches this machine may use the broker`,
      )
    const gate = new Gate()
    const listener = await Listener.open({
      ...{ host, port, clock, log, room, pool: this.#options.buffers, answers: this.#answers },
      frameBytesMax: config.int('socket.request.max.bytes'),
      idleMsMax: config.long('connections.max.idle.ms'),
      ...(memory !== null && { memory }),
      onArrival: (arrival) => this.#limits.arrive(name, arrival),
      backlog: config.int('socket.listen.backlog.size'),
      onConnection: (connection) => gate.take(connection),
    })
    return { listener, gate }
  }
}

/** @throws UserError for other protocols */
export function plaintextOnly(listening: ListenerSettings[]): ListenerSettings[] {
  for (const { name, protocol } of listening) {
    if (protocol !== 'PLAINTEXT') {
      throw new UserError(
        `The listener ${name} asks for ${protocol}, and klog's broker speaks PLAINTEXT only`,
        'Give it PLAINTEXT in listener.security.protocol.map, or leave it out of `listeners`.',
      )
    }
  }
  return listening
}

function isLoopback(host: string | null): boolean {
  return host !== null && /^(localhost|127\.[\d.]+|::1)$/i.test(host)
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
