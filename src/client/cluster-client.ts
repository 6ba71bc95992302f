import type { Clock } from '../base/clock.js'
import type { Random } from '../base/random.js'
import { PeerError } from '../net/peer-error.js'
import { ErrorCode } from '../protocol/errors.js'
import { FindCoordinator } from '../protocol/messages/find-coordinator.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { ReadResponse } from '../protocol/schema.js'
import { Backoff } from './backoff.js'
import { type Address, parseAddresses, resolvable } from './bootstrap.js'
import { BrokerConnection } from './broker-connection.js'
import type { ClientConfig } from './client-config.js'
import { askForControllers, checkAskedOfControllers, checkIsController, knowsControllersOnly } from './controllers.js'
import { CallTimeout, ClientError, KafkaError, throwIfError } from './kafka-error.js'

export interface ClusterClientOptions {
  readonly config: ClientConfig
  readonly clock: Clock
  readonly random: Random
  /** Told once for every address that does not answer. */
  readonly onUnreachable?: (address: Address) => void
  /** The addresses are those of controllers, and nobody else is asked. */
  readonly areControllers?: boolean
}

/** Which broker a call must go to. */
export type Target =
  | 'any'
  | 'controller'
  | { readonly broker: number }
  /** Of a consumer group. */
  | { readonly coordinator: string }
  | { readonly transactionalId: string }

/** What Kafka's client calls the first half of such a call. */
const FIND_COORDINATOR = 'FIND_COORDINATOR'
const GROUP_KEY = 0
const TRANSACTION_KEY = 1

interface CoordinatorKey {
  readonly keyType: typeof GROUP_KEY | typeof TRANSACTION_KEY
  readonly key: string
}

interface Route {
  readonly connection: BrokerConnection
  /** Who is at the other end, where the call is for one broker and no other. */
  readonly broker: Broker | null
}

/** One try of a call on the connection that it was routed to. */
export interface Attempt extends Route {
  /** How long an answer may take. */
  readonly timeoutMs: number
}

export interface Broker extends Address {
  readonly id: number
  readonly rack: string | null
}

/** Answers that say that somebody else is to be asked now. */
const MOVED = new Set<ErrorCode>([
  ErrorCode.NOT_CONTROLLER,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
])

/** Answers that say that the same broker is to be asked again. */
const LATER = new Set<ErrorCode>([
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  // The transaction before is still being ended.
  ErrorCode.CONCURRENT_TRANSACTIONS,
])

/** A cluster as a client sees it: who is there, who leads, and connections to them, opened when needed. */
export class ClusterClient {
  readonly config: ClientConfig
  readonly clock: Clock
  readonly areControllers: boolean
  readonly #random: Random
  readonly #onUnreachable: (address: Address) => void
  readonly #connections = new Map<string, Promise<BrokerConnection>>()
  readonly #silent = new Set<string>()
  readonly #coordinators = new Map<string, Broker>()
  readonly #bootstrap: readonly Address[]
  #brokers = new Map<number, Broker>()
  #controllerId: number | null = null
  #isClosed = false

  private constructor(options: ClusterClientOptions, bootstrap: readonly Address[]) {
    this.config = options.config
    this.clock = options.clock
    this.areControllers = options.areControllers ?? false
    this.#random = options.random
    this.#onUnreachable = options.onUnreachable ?? (() => {})
    this.#bootstrap = bootstrap
  }

  /**
   * Connects to nothing yet.
   * @throws ConfigError when an address is none, or no name server knows any of them.
   */
  static async open(options: ClusterClientOptions): Promise<ClusterClient> {
    return new ClusterClient(options, await resolvable(parseAddresses(options.config.bootstrapServers)))
  }

  /**
   * Runs `act` on a connection to `target`, and again after a failure that may pass, until it succeeds or the time is up.
   * @param name what Kafka calls this call; it is part of the messages about time running out.
   * @throws KafkaError REQUEST_TIMED_OUT when time is up; whatever `act` throws, if trying again is no use.
   */
  async run<T>(
    name: string,
    target: Target,
    act: (attempt: Attempt) => Promise<T>,
    timeoutMs: number = this.config.apiTimeoutMs,
  ): Promise<T> {
    if (this.areControllers) checkAskedOfControllers(name)
    const call = new Call(name, this.clock, timeoutMs)
    if (isOfCoordinator(target)) call.stage = FIND_COORDINATOR
    const backoff = this.#backoff('retry')
    for (;;) {
      const route = await this.#routeTo(target, call)
      call.tries++
      try {
        const result = await act({ ...route, timeoutMs: call.patienceMs(this.config.requestTimeoutMs) })
        if (call.isOver()) throw call.timedOut()
        return result
      } catch (error) {
        if (!mayPass(error) || call.tries > this.config.retries) throw error
        if (hasMoved(error)) this.#forget(target)
        await call.pause(backoff.next())
      }
    }
  }

  /** The brokers known so far; everything after the first call to any of them. */
  get brokers(): readonly Broker[] {
    return [...this.#brokers.values()]
  }

  /** Every answer to Metadata tells who is there. */
  noteMetadata(response: ReadResponse<typeof Metadata>): void {
    if (response.brokers.length === 0) return
    this.#brokers = new Map(
      response.brokers.map(({ nodeId, host, port, rack }) => [nodeId, { id: nodeId, host, port, rack }]),
    )
    this.#controllerId = response.controllerId >= 0 ? response.controllerId : null
  }

  /** Ends all connections; calls that wait for an answer fail. */
  close(): void {
    this.#isClosed = true
    for (const connection of this.#connections.values()) {
      connection.then(
        (open) => open.close(),
        () => {},
      )
    }
    this.#connections.clear()
  }

  /** Keeps trying until the time of `call` is up. */
  async #routeTo(target: Target, call: Call): Promise<Route> {
    const backoff = this.#backoff('reconnect')
    for (;;) {
      if (this.#isClosed) throw new ClientError('The client is closed.')
      if (call.isOver()) throw call.timedOut()
      const route = target === 'any' ? await this.#routeToAny(call) : await this.#routeToOne(target, call)
      if (route !== null) return route
      await call.pause(backoff.next())
    }
  }

  async #routeToAny(call: Call): Promise<Route | null> {
    const connection = await this.#anyConnection(call)
    return connection === null ? null : { connection, broker: null }
  }

  async #routeToOne(target: Exclude<Target, 'any'>, call: Call): Promise<Route | null> {
    const broker = await this.#brokerFor(target, call)
    const connection = broker === null ? null : await this.#connect(broker, call)
    if (connection !== null) return { connection, broker }
    // Whoever is gone may not be the one that is meant any more.
    this.#forget(target)
    return null
  }

  async #anyConnection(call: Call): Promise<BrokerConnection | null> {
    const addresses: Address[] = [...this.#bootstrap, ...this.#brokers.values()]
    const first = this.#random.int(this.#bootstrap.length)
    const turned = [...addresses.slice(first), ...addresses.slice(0, first)]
    const inUse = turned.find((address) => this.#connections.has(keyOf(address)))
    for (const address of inUse === undefined ? turned : [inUse, ...turned]) {
      const connection = await this.#connect(address, call)
      if (connection !== null || call.isOver()) return connection
    }
    return null
  }

  async #brokerFor(target: Exclude<Target, 'any'>, call: Call): Promise<Broker | null> {
    const coordinator = coordinatorKey(target)
    if (coordinator !== null) {
      return this.#coordinators.get(mapKey(coordinator)) ?? (await this.#findCoordinator(coordinator, call))
    }
    const known = (): Broker | undefined => {
      const id = typeof target === 'object' && 'broker' in target ? target.broker : this.#controllerId
      return id === null ? undefined : this.#brokers.get(id)
    }
    if (known() === undefined) await this.#refresh(call)
    return known() ?? null
  }

  async #refresh(call: Call): Promise<void> {
    const connection = await this.#anyConnection(call)
    if (connection === null) return
    const timeoutMs = call.patienceMs(this.config.requestTimeoutMs)
    try {
      if (knowsControllersOnly(connection)) {
        const { controllerId, nodes } = await askForControllers(connection, timeoutMs)
        this.#brokers = new Map(nodes.map((node) => [node.id, node]))
        this.#controllerId = controllerId
      } else {
        const request = { topics: [], allowAutoTopicCreation: false }
        this.noteMetadata(await connection.call(Metadata, request, { timeoutMs }))
      }
    } catch (error) {
      if (!mayPass(error)) throw error
    }
  }

  async #findCoordinator(key: CoordinatorKey, call: Call): Promise<Broker | null> {
    call.stage = FIND_COORDINATOR
    const connection = await this.#anyConnection(call)
    if (connection === null) return null
    try {
      const timeoutMs = call.patienceMs(this.config.requestTimeoutMs)
      const broker = await askForCoordinator(connection, key, timeoutMs)
      this.#coordinators.set(mapKey(key), broker)
      return broker
    } catch (error) {
      if (!mayPass(error)) throw error
      return null
    }
  }

  /** Null when nobody answers there. */
  async #connect(address: Address, call: Call): Promise<BrokerConnection | null> {
    const key = keyOf(address)
    const opening = this.#connections.get(key) ?? this.#open(address)
    try {
      const connection = await call.within(opening)
      if (connection !== null && this.areControllers) checkIsController(connection)
      return connection
    } catch (error) {
      if (!(error instanceof PeerError)) throw error
      if (!this.#silent.has(key) && !call.isOver()) this.#onUnreachable(address)
      this.#silent.add(key)
      return null
    }
  }

  #open(address: Address): Promise<BrokerConnection> {
    const { clientId, requestTimeoutMs, connectTimeoutMs } = this.config
    const options = { clientId, clock: this.clock, requestTimeoutMs, connectTimeoutMs }
    const opening = BrokerConnection.open(address, options)
    const key = keyOf(address)
    this.#connections.set(key, opening)
    const drop = (): void => {
      if (this.#connections.get(key) === opening) this.#connections.delete(key)
    }
    opening.then((connection) => connection.closed.then(drop, drop), drop)
    return opening
  }

  /** Has whom `target` means looked for again. */
  #forget(target: Target): void {
    if (target === 'controller') this.#controllerId = null
    const coordinator = coordinatorKey(target)
    if (coordinator !== null) this.#coordinators.delete(mapKey(coordinator))
  }

  #backoff(kind: 'retry' | 'reconnect'): Backoff {
    return kind === 'retry'
      ? new Backoff(this.config.retryBackoffMs, this.config.retryBackoffMsMax, this.#random)
      : new Backoff(this.config.reconnectBackoffMs, this.config.reconnectBackoffMsMax, this.#random)
  }
}

/** How long one call has, and what its messages say about it. */
class Call {
  tries = 0
  /** The lookup that must come first, if there is one. */
  stage: string | null = null
  readonly #deadlineMs: number

  constructor(
    readonly name: string,
    readonly clock: Clock,
    timeoutMs: number,
  ) {
    this.#deadlineMs = clock.monotonicMs() + timeoutMs
  }

  isOver(): boolean {
    return this.clock.monotonicMs() >= this.#deadlineMs
  }

  /** At most `limitMs`, and no longer than the call still has. */
  patienceMs(limitMs: number): number {
    return Math.max(1, Math.min(limitMs, this.#deadlineMs - this.clock.monotonicMs()))
  }

  async pause(delayMs: number): Promise<void> {
    const left = this.#deadlineMs - this.clock.monotonicMs()
    await new Promise<void>((resolve) => this.clock.after(Math.min(delayMs, Math.max(0, left)), resolve))
  }

  /** Null when the call's time is up first. */
  async within<T>(work: Promise<T>): Promise<T | null> {
    const left = this.#deadlineMs - this.clock.monotonicMs()
    return await new Promise<T | null>((resolve, reject) => {
      const timer = this.clock.after(Math.max(0, left), () => resolve(null))
      work.then(resolve, reject).finally(() => timer.cancel())
    })
  }

  timedOut(): CallTimeout {
    const name = this.stage === null ? this.name : `${this.name}(api=${this.stage})`
    if (this.tries === 0) return new CallTimeout(`Timed out waiting for a node assignment. Call: ${name}`)
    const now = this.clock.now()
    const deadline = Math.round(now + this.#deadlineMs - this.clock.monotonicMs())
    const state = `callName=${name}, deadlineMs=${deadline}, tries=${this.tries}, nextAllowedTryMs=${now}`
    return new CallTimeout(`Call(${state}) timed out at ${now} after ${this.tries} attempt(s)`)
  }
}

/** KIP-699: from version 4 on the answer is a list. */
async function askForCoordinator(
  connection: BrokerConnection,
  { key, keyType }: CoordinatorKey,
  timeoutMs: number,
): Promise<Broker> {
  const request = { key, keyType, coordinatorKeys: [key] }
  const isBatched = (connection.version(FindCoordinator) ?? 0) >= 4
  const response = await connection.call(
    FindCoordinator,
    isBatched ? { ...request, key: '' } : { ...request, coordinatorKeys: [] },
    { timeoutMs },
  )
  const found = isBatched ? response.coordinators[0] : response
  if (found === undefined) throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE)
  throwIfError(found.errorCode, found.errorMessage)
  return { id: found.nodeId, host: found.host, port: found.port, rack: null }
}

function coordinatorKey(target: Target): CoordinatorKey | null {
  if (typeof target === 'string' || 'broker' in target) return null
  return 'coordinator' in target
    ? { keyType: GROUP_KEY, key: target.coordinator }
    : { keyType: TRANSACTION_KEY, key: target.transactionalId }
}

function mapKey({ keyType, key }: CoordinatorKey): string {
  return `${keyType}:${key}`
}

function mayPass(error: unknown): boolean {
  if (error instanceof PeerError) return true
  if (!(error instanceof KafkaError) || error instanceof CallTimeout) return false
  return MOVED.has(error.code) || LATER.has(error.code)
}

function keyOf(address: Address): string {
  return `${address.host}:${address.port}`
}

function isOfCoordinator(target: Target): boolean {
  return typeof target === 'object' && ('coordinator' in target || 'transactionalId' in target)
}

function hasMoved(error: unknown): boolean {
  return error instanceof PeerError || (error instanceof KafkaError && MOVED.has(error.code))
}
