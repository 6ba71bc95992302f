import type { Log } from '../../src/base/log.js'
import type { Random } from '../../src/base/random.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { BrokerNode } from '../../src/broker/broker-node.js'
import type { Transport } from '../../src/broker/transport.js'
import type { Api } from '../../src/protocol/schema.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { isDiskStop, isDiskTrouble } from './disk-stop.js'
import { Door } from './door.js'
import type { Link } from './link.js'
import type { Site } from './network.js'
import { type ClockFaults, ProcessClock } from './process-clock.js'
import type { WorldClock } from './world-clock.js'

const LISTENER = 'PLAINTEXT'
const CONTROLLER_LISTENER = 'CONTROLLER'
export const CLIENT_PORT = 9092
export const CONTROLLER_PORT = 9093
/** Between two things that a machine had put off while it stood still. */
const CATCHING_UP_MS = 0.01

export interface MachineWorld {
  readonly clock: WorldClock
  readonly random: Random
  /** The way to other machines; null where there are none. */
  readonly reach: ((to: Parameters<Transport>[0], from: Site & { readonly name: string }) => Promise<Link>) | null
  readonly tell: (what: () => string) => void
  /** A node was answered by another one. */
  readonly answered: (host: string, api: Api, request: unknown, answer: unknown) => void
  /** The process has come to its end, of whatever. */
  readonly died: (machine: Machine) => void
  /** A broker has met something that it should never meet. */
  readonly alarm: (line: string) => void
}

/** A machine with a disk, on which one broker after the other runs. */
export class Machine {
  readonly name: string
  /** For clients and other brokers; for other controllers. */
  readonly clients = new Door(this)
  readonly controllers = new Door(this)
  readonly clockFaults: ClockFaults = { skewMs: 0, rate: 1 }
  node: BrokerNode | null = null
  disk = new MemoryDisk()
  runs = 0
  #clock: ProcessClock | null = null
  readonly #links = new Set<Link>()
  /** What is to be done when it does not stand still any more; null while it does not. */
  #putOff: (() => void)[] | null = null

  constructor(
    readonly nodeId: number,
    readonly settings: ReadonlyMap<string, string>,
    readonly world: MachineWorld,
  ) {
    this.name = nameOfMachine(nodeId)
  }

  get machine(): string {
    return this.name
  }

  /** Whether clients are served. */
  get isUp(): boolean {
    return this.clients.accept !== null
  }

  /** Whether there is a process, which may still be on its way into service. */
  get isRunning(): boolean {
    return this.#clock !== null
  }

  get isPaused(): boolean {
    return this.#putOff !== null
  }

  get label(): string {
    return this.world.reach === null ? '' : `${this.name}, run ${this.runs}`
  }

  readonly run = (act: () => void): void => {
    if (this.#putOff === null) act()
    else this.#putOff.push(act)
  }

  /** Starts a broker on what is on the disk; it may die over it. */
  async start(): Promise<void> {
    const run = ++this.runs
    const { disk } = this
    const clock = new ProcessClock(this.world.clock, this.clockFaults, this.run)
    this.#clock = clock
    disk.onStop = () => this.#die(clock)
    const { nodeId, settings, name } = this
    const { reach } = this.world
    const config = new BrokerConfig({ nodeId, settings })
    const random = seededRandom(this.world.random.int(2 ** 31))
    const log = this.#log(clock)
    const transport = reach === null ? {} : { transport: this.#transport(clock) }
    try {
      const node = await BrokerNode.open({ nodeId, config, clusterId: null, disk, clock, random, log, ...transport })
      node.onFailure(() => this.#die(clock))
      if (reach !== null) {
        node.prepare()
        this.node = node
        this.controllers.accept = node.servesController(CONTROLLER_LISTENER)
      }
      const host = reach === null ? '' : name
      await node.start([{ name: LISTENER, host, port: CLIENT_PORT, securityProtocol: 0 }])
      if (this.#clock !== clock) return
      this.node = node
      this.clients.accept = node.serves(LISTENER)
      this.world.tell(() => `broker ${nodeId} serves, run ${run}`)
    } catch (error) {
      if (this.#clock === clock && isDiskTrouble(error)) this.#die(clock)
      else if (this.#clock === clock || !isDiskStop(error)) throw error
    }
  }

  /** The process ends at once; what it wrote is in the page cache. */
  kill(): void {
    const { disk } = this
    if (this.#clock !== null) this.#die(this.#clock)
    disk.stopAfter(0)
    this.disk = disk.afterKill()
  }

  /** The power is gone: what was not synced may be lost. */
  failPower(): void {
    const { disk } = this
    if (this.#clock !== null) this.#die(this.#clock)
    disk.stopAfter(0)
    this.disk = disk.afterHarshPowerFailure(this.world.random)
  }

  /** Stops in order. */
  async stop(): Promise<void> {
    const { node } = this
    const clock = this.#clock
    if (node === null || clock === null) return
    this.clients.accept = null
    this.controllers.accept = null
    try {
      await node.retire()
      this.clients.breakAll()
      this.controllers.breakAll()
      await node.close()
    } catch (error) {
      if (this.#clock === clock || !isDiskStop(error)) throw error
    }
    if (this.#clock !== clock) return
    clock.end()
    this.#clock = null
    this.node = null
    this.#abandonLinks()
    this.disk = this.disk.afterKill()
    this.world.tell(() => `broker ${this.nodeId} has stopped in order`)
  }

  /** As a process that was stopped: what comes to it waits. */
  pause(): void {
    this.#putOff ??= []
  }

  /** What has gathered is done in its order. */
  resume(): void {
    const next = (): void => {
      const act = this.#putOff?.shift()
      if (act === undefined) this.#putOff = null
      else {
        act()
        this.world.clock.after(CATCHING_UP_MS, next)
      }
    }
    if (this.#putOff !== null) this.world.clock.after(CATCHING_UP_MS, next)
  }

  #die(clock: ProcessClock): void {
    if (this.#clock !== clock) return
    this.#clock = null
    clock.end()
    this.node = null
    this.clients.die()
    this.controllers.die()
    this.#abandonLinks()
    this.#putOff = null
    this.world.tell(() => `broker ${this.nodeId} has died`)
    this.world.died(this)
  }

  #abandonLinks(): void {
    for (const link of this.#links) link.abandon()
    this.#links.clear()
  }

  /** Of a process that is no more nothing comes, and nobody waits for it. */
  #transport(clock: ProcessClock): Transport {
    const isAlive = (): boolean => this.#clock === clock
    const never = new Promise<never>(() => {})
    return async (to) => {
      if (!isAlive()) return never
      try {
        const link = await this.world.reach!(to, this)
        if (!isAlive()) {
          link.abandon()
          return never
        }
        this.#links.add(link)
        link.closed.then(() => this.#links.delete(link))
        return {
          closed: link.closed,
          call: (api, version, request, { timeoutMs }) => {
            const answer = link.call(api, version, request, timeoutMs)
            answer.then(
              (told) => this.world.answered(to.host, api, request, told),
              () => {},
            )
            return answer
          },
          close: () => link.close(),
        }
      } catch (error) {
        if (!isAlive()) return never
        throw error
      }
    }
  }

  #log(clock: ProcessClock): Log {
    const isAlive = (): boolean => this.#clock === clock
    const { tell, alarm } = this.world
    const named = (name: string): Log => ({
      level: 'INFO',
      debug: () => {},
      info: (line) => isAlive() && tell(() => `broker ${this.nodeId}: ${line} (${name})`),
      warn: (line) => isAlive() && tell(() => `broker ${this.nodeId} warns: ${line} (${name})`),
      error: (line) => {
        if (!isAlive()) return
        if (isDiskTrouble(line)) tell(() => `broker ${this.nodeId} complains: ${line} (${name})`)
        else alarm(`broker ${this.nodeId}: ${line} (${name})`)
      },
      named: (other) => named(other),
    })
    return named('klog')
  }
}

export function nameOfMachine(nodeId: number): string {
  return `machine${nodeId}`
}
