import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { Serial } from '../base/serial.js'
import { UserError } from '../base/user-error.js'
import type { NodeFaultSettings } from '../control/controlled.js'
import type { BrokerAnswer, ClusterMember, ClusterStatus, ControlledCluster } from '../control/controlled-cluster.js'
import type { Verb } from '../control/verb.js'
import type { BrokerRun } from './broker-run.js'
import { hasQuorum } from './quorum-left.js'
import type { Seat } from './seat.js'
import { SeatedBroker } from './seated-broker.js'

export interface LocalClusterOptions {
  readonly host: string
  readonly seats: readonly Seat[]
  readonly clock: Clock
  readonly log: Log
  directoryOf(seat: Seat): string
  /** Begins a broker's life; `faults` are in force from the beginning. */
  run(seat: Seat, faults: NodeFaultSettings): BrokerRun
  /** Makes a seat for one more broker, and remembers it. */
  makeSeat(): Promise<Seat>
  /** Called when a broker has come or gone. */
  onChange?: () => void
}

/** A start that takes longer waits for other brokers; it goes on by itself. */
const START_MS_MAX = 10_000

/** Brokers on this machine that make one cluster, and whatever is done to them. */
export class LocalCluster implements ControlledCluster {
  readonly #options: LocalClusterOptions
  readonly #brokers: SeatedBroker[]
  /** Pairs `a-b` with a < b. */
  readonly #cuts = new Set<string>()
  readonly #changes = new Serial()

  /**
   * Starts all, and resolves when all serve.
   * @throws UserError where one cannot start; none is left running then
   */
  static async open(options: LocalClusterOptions): Promise<LocalCluster> {
    const cluster = new LocalCluster(options)
    const starts = cluster.#brokers.map((broker) => broker.start(cluster.#cutsOf(broker.id)))
    try {
      await Promise.all(starts)
    } catch (error) {
      await cluster.kill()
      throw error
    }
    return cluster
  }

  private constructor(options: LocalClusterOptions) {
    this.#options = options
    this.#brokers = options.seats.map((seat) => this.#seated(seat))
  }

  get brokers(): readonly SeatedBroker[] {
    return this.#brokers
  }

  get members(): readonly ClusterMember[] {
    return this.#brokers.map((broker) => this.#member(broker))
  }

  /** Of those who serve, as any of them says. */
  get clusterId(): string | null {
    return this.#brokers.find(({ clusterId }) => clusterId !== null)?.clusterId ?? null
  }

  get bootstrapServers(): string {
    return this.#brokers.map(({ seat }) => `${this.#options.host}:${seat.port}`).join(',')
  }

  async status(): Promise<ClusterStatus> {
    const views = await Promise.all(this.#brokers.map((broker) => broker.quorum()))
    const known = views.filter((view) => view !== null).sort((a, b) => b.epoch - a.epoch)
    const hasQuorum = this.#hasQuorum()
    return {
      members: this.members,
      leaderId: hasQuorum ? (known.find(({ leaderId }) => leaderId !== null)?.leaderId ?? null) : null,
      hasQuorum,
    }
  }

  start(id: number): Promise<ClusterMember> {
    return this.#changes.run(async () => {
      const broker = this.#find(id)
      if (broker.isUp) throw new UserError(`broker ${id} runs already`, 'See how all stand: klog broker status')
      return this.#begin(broker)
    })
  }

  stop(id: number, isForced: boolean): Promise<void> {
    return this.#changes.run(async () => {
      const broker = this.#findUp(id)
      if (broker.isPaused) {
        throw new UserError(`broker ${id} is paused and cannot stop in order`, `First: klog broker resume ${id}`)
      }
      this.#keepQuorum(`stopping broker ${id}`, isForced, { without: id })
      // Without a controller nobody can be told to lead in its place.
      await broker.stop(!this.#hasQuorum())
      this.#changed()
    })
  }

  /** Without an id: all of them. */
  kill(id?: number, isForced = true): Promise<void> {
    return this.#changes.run(async () => {
      if (id !== undefined) this.#findUp(id)
      if (id !== undefined) this.#keepQuorum(`killing broker ${id}`, isForced, { without: id })
      const ended = this.#brokers.filter((broker) => id === undefined || broker.id === id)
      await Promise.all(ended.map((broker) => broker.kill()))
      this.#changed()
    })
  }

  pause(id: number, isForced: boolean): Promise<void> {
    return this.#changes.run(async () => {
      const broker = this.#findUp(id)
      this.#keepQuorum(`pausing broker ${id}`, isForced, { without: id })
      await broker.pause(true)
    })
  }

  resume(id: number): Promise<void> {
    return this.#changes.run(async () => {
      const broker = this.#findUp(id)
      if (!broker.isPaused) throw new UserError(`broker ${id} is not paused`)
      await broker.pause(false)
    })
  }

  lag(id: number, lagMs: number): Promise<void> {
    return this.#changes.run(() => this.#find(id).lag(lagMs))
  }

  cut(id: number, others: readonly number[], isForced: boolean): Promise<void> {
    return this.#changes.run(async () => {
      for (const one of [id, ...others]) this.#find(one)
      if (others.length === 0) throw new UserError(`it is not said from whom broker ${id} is to be cut`)
      if (others.includes(id)) throw new UserError(`broker ${id} cannot be cut from itself`)
      const pairs = others.map((other) => pairOf(id, other))
      this.#keepQuorum(`cutting broker ${id} from ${others.join(', ')}`, isForced, { cut: pairs })
      for (const pair of pairs) this.#cuts.add(pair)
      await this.#tellCuts()
    })
  }

  heal(): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#cuts.size === 0) throw new UserError('no broker is cut from another')
      this.#cuts.clear()
      await this.#tellCuts()
    })
  }

  add(): Promise<ClusterMember> {
    return this.#changes.run(async () => {
      if (!this.#hasQuorum()) {
        throw new UserError(
          'a broker is taken in by the controller, and there is no quorum to elect one',
          'See which brokers are down: klog broker status',
        )
      }
      const broker = this.#seated(await this.#options.makeSeat())
      this.#brokers.push(broker)
      return this.#begin(broker)
    })
  }

  async askAll<A extends object, R>(verb: Verb<A, R>, asked: A): Promise<readonly BrokerAnswer<R>[]> {
    const serving = this.#brokers.flatMap((broker) => {
      const answer = broker.ask(verb, asked)
      return answer === null ? [] : [answer.then((answer) => ({ broker: broker.id, answer }))]
    })
    if (serving.length === 0) throw new UserError('no broker of the cluster serves', 'See why: klog broker status')
    const outcomes = await Promise.allSettled(serving)
    const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    if (answers.length > 0) return answers
    throw outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))[0]
  }

  /** All stop in order, together. */
  async close(): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.stop(true)))
  }

  #seated(seat: Seat): SeatedBroker {
    const { run, log } = this.#options
    return new SeatedBroker({ seat, run: (faults) => run(seat, faults), log, onChange: () => this.#changed() })
  }

  /** Resolves when the broker serves, or when it has waited for others for long. */
  async #begin(broker: SeatedBroker): Promise<ClusterMember> {
    const started = broker.start(this.#cutsOf(broker.id))
    this.#changed()
    const { clock } = this.#options
    let hasTime = true
    await new Promise<void>((resolve, reject) => {
      const timer = clock.after(START_MS_MAX, () => {
        hasTime = false
        resolve()
      })
      started.finally(() => timer.cancel()).then(resolve, (error) => hasTime && reject(error))
    })
    this.#changed()
    return this.#member(broker)
  }

  #member(broker: SeatedBroker): ClusterMember {
    const { host, directoryOf } = this.#options
    const { id, seat, standing, reason, pid, faults } = broker
    const isVoter = seat.controllerPort !== null
    const directory = directoryOf(seat)
    return { ...{ id, host, port: seat.port, standing, reason, pid, isVoter, directory }, faults }
  }

  #find(id: number): SeatedBroker {
    const broker = this.#brokers.find((one) => one.id === id)
    if (broker !== undefined) return broker
    const ids = this.#brokers.map((one) => one.id).join(', ')
    throw new UserError(`there is no broker ${id}; this cluster has ${ids}`, 'To add one: klog broker add')
  }

  #findUp(id: number): SeatedBroker {
    const broker = this.#find(id)
    if (broker.isUp) return broker
    throw new UserError(`broker ${id} does not run`, `To bring it back: klog broker start ${id}`)
  }

  #keepQuorum(what: string, isForced: boolean, change: { without?: number; cut?: readonly string[] }): void {
    if (isForced || !this.#hasQuorum() || this.#hasQuorum(change)) return
    throw new UserError(
      `${what} leaves no majority of the voters: no controller could be elected, and no leader, until one is back`,
      'To do it nevertheless: --force',
    )
  }

  #hasQuorum({ without = -1, cut = [] }: { without?: number; cut?: readonly string[] } = {}): boolean {
    const up = this.#brokers.filter((broker) => broker.isUp && !broker.isPaused && broker.id !== without)
    const voters = this.#brokers.filter(({ seat }) => seat.controllerPort !== null)
    return hasQuorum({
      voters: voters.map(({ id }) => id),
      up: new Set(up.map(({ id }) => id)),
      isCut: (a, b) => this.#cuts.has(pairOf(a, b)) || cut.includes(pairOf(a, b)),
    })
  }

  #cutsOf(id: number): number[] {
    return this.#brokers.map((other) => other.id).filter((other) => this.#cuts.has(pairOf(id, other)))
  }

  async #tellCuts(): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.cutFrom(this.#cutsOf(broker.id))))
  }

  #changed(): void {
    this.#options.onChange?.()
  }
}

function pairOf(a: number, b: number): string {
  return `${Math.min(a, b)}-${Math.max(a, b)}`
}
