import type { Random } from '../../src/base/random.js'
import { ErrorCode, errorName, isRetriable } from '../../src/protocol/errors.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import { BrokenPromise, type Ledger } from './ledger.js'
import { type Link, NoAnswer } from './link.js'
import type { Host, Network } from './network.js'
import { Routes } from './routes.js'
import { Way } from './way.js'
import type { WorldClock } from './world-clock.js'

/** What clients have of the world they live in. */
export interface Surroundings {
  readonly clock: WorldClock
  readonly network: Network
  /** Brokers by their number. */
  readonly hosts: readonly Host[]
  readonly ledger: Ledger
  readonly tell: (what: () => string) => void
  /** Nothing more goes wrong, and everybody comes to an end. */
  readonly isCalm: () => boolean
}

/** A client: it connects again when its connection has broken, and asks again where asking twice does no harm. */
export class Client {
  readonly #links = new Map<Host, Link>()
  readonly #connecting = new Map<Host, Promise<Link>>()
  readonly #routes: Routes
  readonly #ways = new Map<string, Way>()
  /** To any broker. */
  readonly #anybody: Way

  constructor(
    readonly name: string,
    readonly random: Random,
    readonly world: Surroundings,
  ) {
    this.#routes = new Routes(this)
    this.#anybody = new Way(this, () => this.#routes.anybody())
  }

  get isInCluster(): boolean {
    return this.world.hosts.length > 1
  }

  /** Of the topics that it makes. */
  get replicationFactor(): number {
    return Math.min(3, this.world.hosts.length)
  }

  /** To who leads a partition. */
  leader(place: { readonly topic: string; readonly partition: number }): Way {
    const name = `${place.topic}-${place.partition}`
    return this.#way(name, () => this.#routes.leader(place))
  }

  /** To who looks after a group. */
  group(groupId: string): Way {
    return this.#way(`group ${groupId}`, () => this.#routes.coordinator(0, groupId))
  }

  /** To who looks after a transactional id. */
  transactions(transactionalId: string): Way {
    return this.#way(`transactional id ${transactionalId}`, () => this.#routes.coordinator(1, transactionalId))
  }

  #way(name: string, find: ConstructorParameters<typeof Way>[1]): Way {
    if (!this.isInCluster) return this.#anybody
    let way = this.#ways.get(name)
    if (way === undefined) {
      way = new Way(this, find)
      this.#ways.set(name, way)
    }
    return way
  }

  /** A connection as far as anybody knows. @throws NoAnswer */
  connect(host: Host): Promise<Link> {
    const link = this.#links.get(host)
    if (link !== undefined && !link.isClosed) return Promise.resolve(link)
    let connecting = this.#connecting.get(host)
    if (connecting === undefined) {
      connecting = this.#connect(host).finally(() => this.#connecting.delete(host))
      this.#connecting.set(host, connecting)
    }
    return connecting
  }

  /** As `connect`; null where nobody listens there, or can be reached. */
  async reach(host: Host): Promise<Link | null> {
    try {
      return await this.connect(host)
    } catch (error) {
      if (error instanceof NoAnswer) return null
      throw error
    }
  }

  async #connect(host: Host): Promise<Link> {
    const link = await this.world.network.connect(host, this.name)
    this.#links.set(host, link)
    return link
  }

  link(): Promise<Link> {
    return this.#anybody.link()
  }

  /** Tries until there is an answer without one of the errors that pass. */
  ask<A extends Api>(
    api: A,
    version: number,
    request: WriteRequest<A>,
    errorsOf: (answer: ReadResponse<A>) => readonly ErrorCode[],
  ): Promise<ReadResponse<A>> {
    return this.#anybody.ask(api, version, request, errorsOf)
  }

  /** One try; null where there was no answer. */
  attempt<A extends Api>(
    api: A,
    version: number,
    request: WriteRequest<A>,
    timeoutMs?: number,
  ): Promise<ReadResponse<A> | null> {
    return this.#anybody.attempt(api, version, request, timeoutMs)
  }

  disconnect(): void {
    for (const link of this.#links.values()) link.close()
  }

  async pause(msMax: number): Promise<void> {
    await this.world.clock.wait(1 + this.random.int(msMax))
  }

  tell(what: () => string): void {
    this.world.tell(() => `${this.name}: ${what()}`)
  }

  oneOf<T>(things: readonly T[]): T {
    return things[this.random.int(things.length)]!
  }

  /** An answer that no honest client should get. */
  protest(what: string, error: ErrorCode): never {
    throw new BrokenPromise(`${this.name}: ${what} was answered with ${errorName(error)}`)
  }
}

/** Whether an error goes away by itself; UNKNOWN_SERVER_ERROR never is an answer. */
export function passes(error: ErrorCode): boolean {
  return error !== ErrorCode.NONE && (isRetriable(error) || error === ErrorCode.KAFKA_STORAGE_ERROR)
}
