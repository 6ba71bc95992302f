import type { Random } from '../../src/base/random.js'
import { seededRandom } from '../support/seeded-random.js'
import { Client, type Surroundings } from './client.js'
import { allDecided, EARLIEST, observe, offsetOf, READ_COMMITTED, READ_UNCOMMITTED, readAll } from './consumers.js'
import { COPIES, checkCopies, copy } from './copying.js'
import { checkCommitted, readInGroup } from './group-members.js'
import { BrokenPromise, hold, Ledger } from './ledger.js'
import { Machine } from './machine.js'
import { Network } from './network.js'
import { type Disaster, type Plan, planOf } from './plan.js'
import { produceIdempotently, produceOnce } from './producers.js'
import { administer, checkTopics, createTopic, type Place } from './topics.js'
import { type Protocol, produceInTransactions } from './transactional-producer.js'
import { trim } from './trimming.js'
import { Turns } from './turns.js'
import { WorldClock } from './world-clock.js'

/** So long a simulation may take by its own clock: whoever is not done by then waits for something that does not come. */
const LIFE_MS_MAX = 15 * 60_000
/** In which a disk that is to stop in the middle of a write does so. */
const WRITE_BYTES_MAX = 4000
const TOPIC = 'orders'
/** With less the disk is as good as full. */
const SPACE_BYTES_MIN = 1_000_000

export interface Outcome {
  readonly seed: number
  /** Null where everything held. */
  readonly failure: Error | null
  /** What happened, line by line; empty unless asked for. */
  readonly trace: readonly string[]
  readonly acknowledged: number
  readonly deaths: number
  /** How much has happened: the same seed comes to the same number. */
  readonly steps: number
}

export interface Wishes {
  readonly isTraced?: boolean
  /** What of the plan is not to be left to chance. */
  readonly change?: Partial<Plan>
}

/** Runs one simulation from its seed to its end, and looks whether every promise was kept. */
export async function simulate(seed: number, { isTraced = false, change = {} }: Wishes = {}): Promise<Outcome> {
  const simulation = new Simulation(seed, isTraced, change)
  let failure: Error | null = null
  try {
    await simulation.run()
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error))
  } finally {
    simulation.turns.restore()
  }
  const { trace, deaths, steps, ledger } = simulation
  return { seed, failure, trace, acknowledged: ledger.acknowledged, deaths, steps }
}

class Simulation {
  readonly clock = new WorldClock()
  readonly turns = new Turns()
  readonly random: Random
  readonly plan: Plan
  readonly ledger: Ledger
  readonly network: Network
  readonly machine: Machine
  readonly trace: string[] = []
  deaths = 0
  steps = 0
  #isCalm = false
  /** When the topics are there. */
  #made: Promise<void> = Promise.resolve()
  #alarm: string | null = null
  /** Who is not done yet. */
  readonly #busy = new Set<string>()

  constructor(
    seed: number,
    readonly isTraced: boolean,
    change: Partial<Plan>,
  ) {
    this.random = seededRandom(seed)
    this.plan = { ...planOf(this.#fork()), ...change }
    this.ledger = new Ledger(() => this.clock.monotonicMs())
    this.network = new Network(this.clock, this.#fork(), { ...this.plan.network }, (act) => this.turns.run(act))
    this.machine = new Machine(0, this.plan.settings, {
      clock: this.clock,
      random: this.#fork(),
      tell: (what) => this.#tell(what),
      died: () => {
        this.deaths++
      },
      alarm: (line) => {
        this.#alarm ??= line
      },
    })
  }

  async run(): Promise<void> {
    const { plan, clock } = this
    this.#tell(() => JSON.stringify({ ...plan, settings: Object.fromEntries(plan.settings) }))
    const places = Array.from({ length: plan.partitions }, (_, partition) => ({ topic: TOPIC, partition }))
    const life = this.#live(places)
    let isOver = false
    life.then(
      () => {
        isOver = true
      },
      (error) => this.turns.caught(error),
    )
    for (;;) {
      await this.turns.settle()
      hold(this.#alarm === null, () => this.#alarm!)
      this.#checkBroker()
      if (isOver) return
      hold(clock.monotonicMs() < LIFE_MS_MAX, () => `they come to no end: ${[...this.#busy].join(', ')}`)
      this.steps++
      this.turns.run(() => {
        if (!clock.step()) throw new BrokenPromise('everybody waits, and nothing is left that could happen')
      })
    }
  }

  async #live(places: readonly Place[]): Promise<void> {
    const { plan, machine, network } = this
    await machine.start()
    this.#made = this.#makeTopics()
    const workers = this.#work(places)
    const readers = [
      ...this.#many(plan.isCopying ? places.length : 0, 'copier', (client, at) =>
        copy(client, places[at]!, this.#transactional(at)),
      ),
      ...this.#many(plan.groupMembers, 'member', (client) => readInGroup(client, places)),
      ...this.#many(plan.observers, 'observer', (client, at) =>
        observe(client, places, at === 0 ? READ_UNCOMMITTED : READ_COMMITTED),
      ),
    ]
    this.#busy.add('disasters')
    await Promise.all([...workers, this.#strike().then(() => this.#busy.delete('disasters'))])
    this.#tell(() => 'all is calm')
    network.faults.cutOneIn = 0
    network.faults.lateOneIn = 0
    this.#isCalm = true
    await Promise.all(readers)
    machine.kill()
    await machine.start()
    await this.#audit(places)
  }

  #work(places: readonly Place[]): Promise<void>[] {
    const { plan } = this
    const { batches } = plan
    return [
      this.#made,
      ...this.#many(plan.idempotentProducers, 'producer', (client) => produceIdempotently(client, places, batches)),
      ...this.#many(plan.plainProducers, 'plain', (client) => produceOnce(client, places, batches)),
      ...this.#many(plan.transactionalProducers, 'transactional', (client, at) =>
        produceInTransactions(client, places, batches, this.#transactional(at)),
      ),
      ...this.#many(plan.trimmers, 'trimmer', (client) => trim(client, places, batches)),
      ...this.#many(plan.administrators, 'admin', (client) => administer(client, batches)),
    ]
  }

  /** Clients that do the same, each from when the topics are there. */
  #many(count: number, name: string, work: (client: Client, at: number) => Promise<void>): Promise<void>[] {
    return Array.from({ length: count }, async (_, at) => {
      const client = this.#client(`${name}${at}`)
      this.#busy.add(client.name)
      await this.#made
      await work(client, at)
      client.disconnect()
      this.#busy.delete(client.name)
    })
  }

  async #makeTopics(): Promise<void> {
    const maker = this.#client('maker')
    await createTopic(maker, TOPIC, this.plan.partitions)
    if (this.plan.isCopying) await createTopic(maker, COPIES, this.plan.partitions)
    maker.disconnect()
  }

  #transactional(at: number): { protocol: Protocol; timeoutMs: number } {
    const { protocols, transactionTimeoutMs: timeoutMs } = this.plan
    return { protocol: protocols[at % protocols.length]!, timeoutMs }
  }

  /** Brings one disaster after another over the machine, and starts it again after each. */
  async #strike(): Promise<void> {
    const { plan, random, clock, machine } = this
    for (const disaster of plan.disasters) {
      await clock.wait(random.int(plan.disasterEveryMs))
      this.#tell(() => `comes: ${disaster}`)
      await this.#bring(disaster)
      await clock.wait(random.int(1500))
      if (!machine.isUp) await machine.start()
      if (machine.disk.freeBytes < SPACE_BYTES_MIN) await clock.wait(random.int(3000))
      machine.disk.freeBytes = Number.POSITIVE_INFINITY
      // It may have died again over the start.
      while (!machine.isUp) {
        machine.kill()
        await machine.start()
      }
    }
  }

  async #bring(disaster: Disaster): Promise<void> {
    const { machine, random, clock } = this
    if (disaster === 'stop') await machine.stop()
    else if (disaster === 'kill') machine.kill()
    else if (disaster === 'power') machine.failPower()
    else if (disaster === 'full' || disaster === 'kill when full') {
      const freeBytes = random.int(3000)
      machine.disk.freeBytes = freeBytes
      await clock.wait(random.int(3000))
      if (disaster === 'full') return
      machine.kill()
      machine.disk.freeBytes = freeBytes
    } else if (disaster === 'broken') {
      machine.disk.isBroken = true
      for (let waited = 0; machine.isUp && waited < 40; waited++) await clock.wait(50)
      machine.kill()
    } else {
      machine.disk.stopAfter(1 + random.int(WRITE_BYTES_MAX))
      for (let waited = 0; machine.isUp && waited < 40; waited++) await clock.wait(50)
      if (disaster === 'power in a write') machine.failPower()
      else machine.kill()
    }
  }

  async #audit(places: readonly Place[]): Promise<void> {
    const client = this.#client('auditor')
    await checkTopics(client)
    const all = this.plan.isCopying ? [...places, ...places.map((place) => ({ ...place, topic: COPIES }))] : places
    for (const place of all) {
      await allDecided(client, place)
      const stored = await readAll(client, place, READ_UNCOMMITTED)
      this.ledger.checkStored(place, await offsetOf(client, place, EARLIEST, READ_UNCOMMITTED), stored)
      this.ledger.checkCommitted(place, stored, await readAll(client, place, READ_COMMITTED))
    }
    if (this.plan.groupMembers > 0) for (const place of places) await checkCommitted(client, place)
    if (this.plan.isCopying) for (const place of places) await checkCopies(client, place)
  }

  /** What must hold at every moment. */
  #checkBroker(): void {
    const { node } = this.machine
    if (node?.broker == null) return
    for (const { log, name } of node.broker.partitions.all()) {
      const { logStartOffset, lastStableOffset, highWatermark, writtenEndOffset, logEndOffset } = log
      hold(
        logStartOffset <= lastStableOffset &&
          lastStableOffset <= highWatermark &&
          highWatermark <= writtenEndOffset &&
          writtenEndOffset <= logEndOffset,
        () =>
          `${name}: start ${logStartOffset}, stable ${lastStableOffset}, watermark ${highWatermark}, ` +
          `written ${writtenEndOffset}, end ${logEndOffset} are out of order`,
      )
    }
  }

  #client(name: string): Client {
    const { clock, network, machine, ledger } = this
    const world: Surroundings = {
      ...{ clock, network, ledger, host: machine, tell: (what) => this.#tell(what), isCalm: () => this.#isCalm },
    }
    return new Client(name, this.#fork(), world)
  }

  #fork(): Random {
    return seededRandom(this.random.int(2 ** 31))
  }

  #tell(what: () => string): void {
    if (this.isTraced) this.trace.push(`${this.clock.monotonicMs().toFixed(1).padStart(9)}  ${what()}`)
  }
}
