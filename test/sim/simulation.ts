import type { Random } from '../../src/base/random.js'
import { Vote } from '../../src/protocol/messages/vote.js'
import { seededRandom } from '../support/seeded-random.js'
import { Client, type Surroundings } from './client.js'
import { clusterPlanOf, withMore } from './cluster-plan.js'
import { trouble } from './cluster-state.js'
import { strikeCluster } from './cluster-troubles.js'
import { ClusterWatch } from './cluster-watch.js'
import { allDecided, EARLIEST, observe, offsetOf, READ_COMMITTED, READ_UNCOMMITTED, readAll } from './consumers.js'
import { COPIES, checkCopies, copy } from './copying.js'
import { checkCommitted, oversee, readInGroup } from './group-members.js'
import { BrokenPromise, hold, Ledger } from './ledger.js'
import { Losses } from './losses.js'
import { CONTROLLER_PORT, Machine } from './machine.js'
import { Network } from './network.js'
import { type Plan, planOf } from './plan.js'
import { produceIdempotently, produceOnce } from './producers.js'
import { rearrange } from './rearranging.js'
import { checkReplicas } from './replicas.js'
import { administer, checkTopics, createTopic, LONE, type Place, RISKY } from './topics.js'
import { type Protocol, produceInTransactions } from './transactional-producer.js'
import { trim } from './trimming.js'
import { strike } from './troubles.js'
import { Turns } from './turns.js'
import { type AnsweredVote, type AskedVote, Votes } from './votes.js'
import { WorldClock } from './world-clock.js'

/** So long a simulation may take by its own clock: whoever is not done by then waits for something that does not come. */
const LIFE_MS_MAX = 15 * 60_000
/** In a cluster where nothing is wrong any more, every replica is in sync after this. */
const RECOVERY_MS_MAX = 60_000
/** So long a coordinator that is none any more, and that others are not cut off from, may go on to answer. */
const STALE_MS_MAX = 12_000
const TOPIC = 'orders'
/** Of the topic where nobody relies on anything. */
const RISKS = [
  { name: 'unclean.leader.election.enable', value: 'true' },
  { name: 'min.insync.replicas', value: '1' },
]
const RACK_AWARE = 'org.apache.kafka.common.replica.RackAwareReplicaSelector'
/** Kafka's own, of which replicas are moved too. */
const OWN = ['__consumer_offsets', '__transaction_state'].map((topic) => ({ topic, partition: 0 }))

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
  /** How many; one if left out. */
  readonly brokers?: number
  /** Whether several brokers meet all that there is; what was found before there was more is seen without that. */
  readonly hasMore?: boolean
  /** What of the plan is not to be left to chance. */
  readonly change?: Partial<Plan>
}

/** Runs one simulation from its seed to its end, and looks whether every promise was kept. */
export async function simulate(
  seed: number,
  { isTraced = false, brokers = 1, hasMore = true, change = {} }: Wishes = {},
): Promise<Outcome> {
  const simulation = new Simulation(seed, isTraced, brokers, hasMore, change)
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
  readonly machines: readonly Machine[]
  readonly losses: Losses
  readonly votes = new Votes()
  /** Null where there is one broker only. */
  readonly watch: ClusterWatch | null
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
    brokers: number,
    hasMore: boolean,
    change: Partial<Plan>,
  ) {
    this.random = seededRandom(seed)
    this.plan = { ...planFor(this.#fork(), brokers, hasMore), ...change }
    this.ledger = new Ledger(
      () => this.clock.monotonicMs(),
      (partition) => this.watch?.isUnclean(partition) === true,
    )
    this.network = new Network(this.clock, this.#fork(), { ...this.plan.network }, (act) => this.turns.run(act))
    this.machines = Array.from({ length: brokers }, (_, id) => this.#machine(id))
    this.losses = new Losses(this.machines, this.clock)
    this.watch = brokers > 1 ? new ClusterWatch(this.machines) : null
  }

  #machine(nodeId: number): Machine {
    const { plan, network } = this
    const settings = new Map(plan.settings)
    if (plan.brokers > 1) settings.set('node.id', String(nodeId))
    if (plan.hasRacks) settings.set('broker.rack', rackOf(nodeId)).set('replica.selector.class', RACK_AWARE)
    return new Machine(nodeId, settings, {
      clock: this.clock,
      random: this.#fork(),
      reach:
        plan.brokers === 1
          ? null
          : ({ host, port, clientId, clock, connectTimeoutMs }, from) => {
              const to = this.machines.find(({ name }) => name === host)!
              const door = port === CONTROLLER_PORT ? to.controllers : to.clients
              return network.connect(door, `${clientId}@${from.name}`, from, clock, connectTimeoutMs)
            },
      tell: (what) => this.#tell(what),
      answered: (host, api, request, answer) => {
        if (api !== Vote) return
        const voter = this.machines.find(({ name }) => name === host)!
        this.#alarm ??= this.votes.problemOf(voter, request as AskedVote, answer as AnsweredVote)
      },
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
    const places = [...placesIn(TOPIC, plan.partitions), ...placesIn(LONE, plan.lone)]
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
      for (const machine of this.machines) checkBroker(machine)
      this.watch?.check()
      if (isOver) return
      hold(clock.monotonicMs() < LIFE_MS_MAX, () => `they come to no end: ${[...this.#busy].join(', ')}`)
      this.steps++
      this.turns.run(() => {
        if (!clock.step()) throw new BrokenPromise('everybody waits, and nothing is left that could happen')
      })
    }
  }

  async #live(places: readonly Place[]): Promise<void> {
    const { plan, network } = this
    await Promise.all(this.machines.map((machine) => machine.start()))
    this.#made = this.#makeTopics()
    const workers = this.#work(places)
    const readers = [
      ...this.#many(plan.isCopying ? places.length : 0, 'copier', (client, at) =>
        copy(client, places[at]!, this.#transactional(at)),
      ),
      ...this.#many(plan.groupMembers, 'member', (client) => readInGroup(client, places)),
      ...this.#many(plan.groupMembers > 0 ? plan.overseers : 0, 'overseer', (client) =>
        oversee(client, places, mayBeStale(plan) ? STALE_MS_MAX : 0),
      ),
      ...this.#many(plan.observers, 'observer', (client, at) => {
        const rackId = plan.hasRacks ? rackOf(client.random.int(plan.brokers)) : ''
        const isolation = at === 0 ? READ_UNCOMMITTED : READ_COMMITTED
        return observe(client, [...places, ...placesIn(RISKY, plan.risky)], isolation, rackId)
      }),
    ]
    this.#busy.add('disasters')
    await Promise.all([...workers, this.#strike().then(() => this.#busy.delete('disasters'))])
    this.#tell(() => 'all is calm')
    network.faults.cutOneIn = 0
    network.faults.lateOneIn = 0
    this.#isCalm = true
    await Promise.all(readers)
    if (plan.brokers > 1) await this.#recover()
    else await this.#restart()
    await this.#audit(places)
  }

  #work(places: readonly Place[]): Promise<void>[] {
    const { plan } = this
    const { batches } = plan
    return [
      this.#made,
      ...this.#many(plan.idempotentProducers, 'producer', (client) => produceIdempotently(client, places, batches)),
      ...this.#many(plan.plainProducers, 'plain', (client) => produceOnce(client, places, batches)),
      ...this.#many(plan.risky, 'careless', (client) => produceOnce(client, placesIn(RISKY, plan.risky), batches)),
      ...this.#many(plan.transactionalProducers, 'transactional', (client, at) =>
        produceInTransactions(client, places, batches, this.#transactional(at)),
      ),
      ...this.#many(plan.trimmers, 'trimmer', (client) => trim(client, places, batches)),
      ...this.#many(plan.rearrangers, 'rearranger', (client) =>
        rearrange(client, [...places, ...OWN], batches, this.losses),
      ),
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
    const { partitions, isCopying, lone, risky } = this.plan
    await createTopic(maker, TOPIC, partitions)
    if (isCopying) await createTopic(maker, COPIES, partitions)
    if (lone > 0) await createTopic(maker, LONE, lone, 1)
    if (risky > 0) await createTopic(maker, RISKY, risky, 2, RISKS)
    maker.disconnect()
  }

  #transactional(at: number): { protocol: Protocol; timeoutMs: number } {
    const { protocols, transactionTimeoutMs: timeoutMs } = this.plan
    return { protocol: protocols[at % protocols.length]!, timeoutMs }
  }

  #strike(): Promise<void> {
    const { machines, network, losses, ...world } = this
    const { plan, random, clock } = world
    const tell = (what: () => string): void => this.#tell(what)
    return plan.brokers > 1
      ? strikeCluster({ plan, random, clock, tell, machines, network, losses })
      : strike(machines[0]!, { plan, random, clock, tell })
  }

  async #restart(): Promise<void> {
    const machine = this.machines[0]!
    machine.kill()
    await machine.start()
  }

  /** Waits until a cluster is as if nothing had been wrong. */
  async #recover(): Promise<void> {
    const { clock, machines } = this
    const untilMs = clock.monotonicMs() + RECOVERY_MS_MAX
    for (;;) {
      const left = trouble(machines)
      if (left === null) return
      hold(clock.monotonicMs() < untilMs, () => `the cluster does not recover: ${left}`)
      await clock.wait(50)
    }
  }

  async #audit(places: readonly Place[]): Promise<void> {
    const client = this.#client('auditor')
    await checkTopics(client)
    const { isCopying, brokers, partitions, risky, trimmers } = this.plan
    const all = [...places, ...placesIn(COPIES, isCopying ? partitions : 0), ...placesIn(RISKY, risky)]
    for (const place of all) {
      await allDecided(client, place)
      const stored = await readAll(client, place, READ_UNCOMMITTED)
      this.ledger.checkStored(place, await offsetOf(client, place, EARLIEST, READ_UNCOMMITTED), stored)
      const committed = await readAll(client, place, READ_COMMITTED)
      this.ledger.checkCommitted(place, stored, committed)
      // Who led when records were deleted, and does not any more, may begin after its leader.
      if (brokers > 1 && trimmers === 0) await checkReplicas(client, place, committed)
    }
    if (this.plan.groupMembers > 0) for (const place of places) await checkCommitted(client, place)
    if (isCopying) for (const place of places) await checkCopies(client, place)
  }

  #client(name: string): Client {
    const { clock, network, machines, ledger } = this
    const hosts = machines.map(({ clients }) => clients)
    const world: Surroundings = {
      ...{ clock, network, ledger, hosts, tell: (what) => this.#tell(what), isCalm: () => this.#isCalm },
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

function planFor(random: Random, brokers: number, hasMore: boolean): Plan {
  if (brokers === 1) return planOf(random)
  const plan = clusterPlanOf(random, brokers)
  return hasMore ? withMore(random, plan) : plan
}

/** Whether a coordinator may be asked that does not know that it is none any more. */
function mayBeStale({ disasters, network }: Plan): boolean {
  return network.lateOneIn > 0 || disasters.some((one) => /^(cut|pause|clock|full|kill when)/.test(one))
}

function placesIn(topic: string, count: number): Place[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }))
}

function rackOf(nodeId: number): string {
  return `rack${nodeId}`
}

/** What must hold of a broker at every moment. */
function checkBroker({ node }: Machine): void {
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
