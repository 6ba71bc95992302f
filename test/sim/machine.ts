import type { Log } from '../../src/base/log.js'
import type { Random } from '../../src/base/random.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { BrokerNode } from '../../src/broker/broker-node.js'
import type { ServedConnection } from '../../src/net/connection.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { isDiskStop, isDiskTrouble } from './disk-stop.js'
import type { Wire } from './network.js'
import { ProcessClock, type WorldClock } from './world-clock.js'

const LISTENER = 'PLAINTEXT'

/** A machine with a disk, on which one broker after the other runs. */
export class Machine {
  accept: ((connection: ServedConnection) => void) | null = null
  readonly wires = new Set<Wire>()
  node: BrokerNode | null = null
  disk = new MemoryDisk()
  runs = 0
  #clock: ProcessClock | null = null

  constructor(
    readonly nodeId: number,
    readonly settings: ReadonlyMap<string, string>,
    readonly world: {
      readonly clock: WorldClock
      readonly random: Random
      readonly tell: (what: () => string) => void
      /** The process has come to its end, of whatever. */
      readonly died: (machine: Machine) => void
      /** A broker has met something that it should never meet. */
      readonly alarm: (line: string) => void
    },
  ) {}

  get isUp(): boolean {
    return this.accept !== null
  }

  /** Starts a broker on what is on the disk; it may die over it. */
  async start(): Promise<void> {
    const run = ++this.runs
    const { disk } = this
    const clock = new ProcessClock(this.world.clock)
    this.#clock = clock
    disk.onStop = () => this.#die(clock)
    const { nodeId, settings } = this
    const config = new BrokerConfig({ nodeId, settings })
    const random = seededRandom(this.world.random.int(2 ** 31))
    const log = this.#log(clock)
    try {
      const node = await BrokerNode.open({ nodeId, config, clusterId: null, disk, clock, random, log })
      node.onFailure(() => this.#die(clock))
      await node.start([{ name: LISTENER, host: '', port: 9092, securityProtocol: 0 }])
      if (this.#clock !== clock) return
      this.node = node
      this.accept = node.serves(LISTENER)
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
    this.accept = null
    try {
      await node.retire()
      for (const wire of this.wires) wire.break()
      await node.close()
    } catch (error) {
      if (this.#clock === clock || !isDiskStop(error)) throw error
    }
    if (this.#clock !== clock) return
    clock.end()
    this.#clock = null
    this.node = null
    this.disk = this.disk.afterKill()
    this.world.tell(() => `broker ${this.nodeId} has stopped in order`)
  }

  #die(clock: ProcessClock): void {
    if (this.#clock !== clock) return
    this.#clock = null
    clock.end()
    this.accept = null
    this.node = null
    for (const wire of this.wires) wire.serverDied()
    this.wires.clear()
    this.world.tell(() => `broker ${this.nodeId} has died`)
    this.world.died(this)
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
