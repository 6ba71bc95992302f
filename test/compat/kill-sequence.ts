import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { ApacheTools } from './apache-tools.js'
import type { ClusterProcess } from './cluster-process.js'
import { Lookout, type Standing } from './lookout.js'
import { ReadBack } from './read-back.js'
import { Work } from './work.js'
import type { Worker } from './workers.js'

/** What was seen of a cluster, in words that do not depend on which cluster it is. */
export interface Observation {
  readonly step: string
  readonly what: string
  /** Whose client has seen it; absent where it is of all topics. */
  readonly who?: string
  readonly value: string
}

/** Each topic lies so, by partition. */
const REPLICAS = [
  [0, 1, 2],
  [1, 2, 0],
  [2, 0, 1],
]
const LINES = 100
/** While nothing can be acknowledged. */
const LINES_HELD_UP = 30
/** The records are under way by then. */
const BEFORE_IT_HAPPENS_MS = 300
/** Fetches that followers have left with the leader are answered by then: they would take along what comes later. */
const FETCHES_END_MS = 1500

/** On a busy machine the controller may only just be elected. */
const CREATE_MS_MAX = 25_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Takes brokers away and brings them back while the workers work, and writes down what can be seen.
 * @param observations gets them as they are made, so that they are there where the sequence breaks off
 * @throws Error with what workers and brokers said last
 */
export async function killSequence(
  cluster: ClusterProcess,
  workers: readonly Worker[],
  observations: Observation[],
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'klog-kill-sequence-'))
  const sequence = new KillSequence(cluster, workers, directory, observations)
  try {
    await sequence.begin()
    await sequence.takeAndBringBack()
    await sequence.takeTwo()
    await sequence.loseWhatOneHas()
    await sequence.moveByTools()
    await sequence.takeOneOfTwo()
    await sequence.end()
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${sequence.account}`, { cause: error })
  } finally {
    sequence.abandon()
    rmSync(directory, { recursive: true })
  }
}

async function createTopics(address: string, topics: readonly string[]): Promise<void> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const replicaAssignment = REPLICAS.map((replicas, partition) => ({ partition, replicas }))
  const configEntries = [{ name: 'min.insync.replicas', value: '2' }]
  await admin.createTopics({
    topics: topics.map((topic) => ({ topic, replicaAssignment, configEntries })),
    waitForLeaders: false,
    timeout: CREATE_MS_MAX,
  })
  await admin.disconnect()
}

class KillSequence {
  readonly #lookout = new Lookout()
  readonly #tools = new ApacheTools(() => this.cluster.addresses[this.#asked]!)
  #works: Work[] = []
  #step = ''
  /** A broker that runs. */
  #asked = 0
  /** How many records each topic has beside those of its producer. */
  readonly #besides = new Map<Work, number>()

  constructor(
    readonly cluster: ClusterProcess,
    readonly workers: readonly Worker[],
    readonly directory: string,
    readonly observations: Observation[],
  ) {}

  async begin(): Promise<void> {
    this.#step = 'three brokers'
    const topicOf = ({ name }: Worker): string => name.toLowerCase().replace(/[^a-z]+/g, '-')
    const topics = this.workers.map(topicOf)
    await createTopics(this.cluster.addresses[0]!, topics)
    for (const address of this.cluster.addresses) await this.#known(address, topics)
    this.#works = this.workers.map((worker) => new Work(worker, topicOf(worker), this.#bootstrap))
    await this.#during({ holds: ({ isr }) => isr.length === 3 })
    await this.#describeQuorum()
  }

  async takeAndBringBack(): Promise<void> {
    this.#step = 'kill -9 of 0'
    this.#asked = 1
    await this.#during({
      act: () => this.cluster.kill(0),
      holds: ({ leader, isr }) => leader > 0 && !isr.includes(0),
    })
    await this.#describeQuorum()
    this.#step = '0 comes back'
    await this.#during({ act: () => this.cluster.start(0), holds: ({ isr }) => isr.length === 3 })
    this.#step = 'soft stop of 1'
    this.#asked = 0
    await this.#during({
      act: () => this.cluster.stop(1),
      holds: ({ leader, isr }) => leader !== 1 && !isr.includes(1),
    })
  }

  async takeTwo(): Promise<void> {
    this.#step = 'soft stop of 2 as well'
    await this.cluster.stop(2)
    const standings = await this.#settled(({ leader, isr }) => leader === 0 && isr.join() === '0')
    this.#note('leaders', standings[0]!.map(({ leader }) => leader).join(' '))
    this.#note('in sync', standings[0]!.map(({ isr }) => isr.join()).join(' | '))
    const held = this.#feed(LINES_HELD_UP)
    await this.#once('all', 'refused', 'acks=all')
    await this.#once('1', 'replicated later', 'acks=1')
    await held
    for (const work of this.#works) {
      const beyond = (await this.#count(work)) - this.#expected(work) + LINES_HELD_UP
      this.#note('of it seen by consumers', String(beyond), work)
      this.#besides.set(work, 1)
    }
    this.#step = '1 comes back'
    await this.#during({ act: () => this.cluster.start(1), holds: ({ isr }) => isr.join() === '0,1' })
    this.#step = '2 comes back'
    await this.#during({ act: () => this.cluster.start(2), holds: ({ isr }) => isr.length === 3 })
  }

  async loseWhatOneHas(): Promise<void> {
    this.#step = 'kill -9 of 0 while 1 and 2 stand still'
    await Promise.all([1, 2].map((id) => this.cluster.pause(id)))
    await pause(FETCHES_END_MS)
    await this.#once('1', 'lost', 'acks=1')
    this.#asked = 1
    await this.#during({
      act: async () => {
        await this.cluster.kill(0)
        await Promise.all([1, 2].map((id) => this.cluster.resume(id)))
      },
      holds: ({ leader, isr }) => leader > 0 && isr.join() === '1,2',
    })
    this.#step = '0 comes back and forgets'
    await this.#during({ act: () => this.cluster.start(0), holds: ({ isr }) => isr.length === 3 })
  }

  async moveByTools(): Promise<void> {
    this.#step = 'leader-election'
    const partitions = this.#topics.flatMap((topic) => [0, 1, 2].map((partition) => ({ topic, partition })))
    const all = this.#file('all.json', { partitions })
    await this.#during({
      act: () => this.#tool('leader-election', '--election-type', 'preferred', '--path-to-json-file', all),
      holds: ({ leader }, partition) => leader === partition,
    })
    this.#step = 'reassign-partitions'
    const moves = [
      { partition: 0, replicas: [2, 1] },
      { partition: 1, replicas: [0, 2, 1] },
    ]
    const plan = this.#topics.flatMap((topic) => moves.map((move) => ({ topic, ...move })))
    const file = this.#file('moves.json', { version: 1, partitions: plan })
    await this.#during({
      act: () => this.#tool('reassign-partitions', '--execute', '--reassignment-json-file', file),
      holds: ({ leader, isr }, partition) => partition !== 0 || (leader === 2 && isr.join() === '1,2'),
    })
    await this.#tool('reassign-partitions', '--verify', '--reassignment-json-file', file)
    await this.#tool('reassign-partitions', '--list')
  }

  /** Partition 0 has two replicas now, and needs both. */
  async takeOneOfTwo(): Promise<void> {
    this.#step = 'kill -9 of 2'
    this.#asked = 1
    await this.#during({
      act: () => this.cluster.kill(2),
      holds: ({ leader, isr }) => leader !== 2 && !isr.includes(2),
      isHeldUp: true,
    })
    this.#step = '2 comes back again'
    await this.#during({
      act: () => this.cluster.start(2),
      holds: ({ isr }, partition) => isr.length === (partition === 0 ? 2 : 3),
    })
  }

  async end(): Promise<void> {
    this.#step = 'in the end'
    const ends = await Promise.all(this.#works.map((work) => this.#endOf(work)))
    for (const [at, found] of ends.entries())
      for (const [what, value] of Object.entries(found)) this.#note(what, String(value), this.#works[at])
  }

  /** Where it stands, and what was said last, for who reads why it broke off. */
  get account(): string {
    const works = this.#works.map((work) => `${work.progress}\n${work.complaints}`)
    return [`In step '${this.#step}':`, ...works, this.cluster.logs()].join('\n')
  }

  abandon(): void {
    for (const work of this.#works) work.kill()
  }

  async #endOf(work: Work): Promise<Record<string, unknown>> {
    const exit = await work.finish()
    const from = this.cluster.addresses[this.#asked]!
    await this.#lookout.until(
      `${work.topic} is read to its end`,
      async () => work.sent.every((value) => work.read.has(value)),
      () => work.progress,
    )
    await work.stopReading()
    const ends = await this.#lookout.until('end', () => this.#lookout.ends(from, work.topic))
    const committed = await this.#lookout.until('commits', () => this.#lookout.committed(from, work.group, work.topic))
    const count = ends.reduce((sum, end) => sum + end, 0)
    const log = await ReadBack.of(this.#bootstrap, work.topic, count, work.sent)
    return {
      'producer exits with': exit,
      lag: ends.map((end, partition) => end - committed[partition]!).join(' '),
      records: log.counts().join(' '),
      'lost of acks=all': log.lost(),
      twice: log.twice(),
      'out of order': log.outOfOrder(),
      "'refused' is there": log.has('refused'),
      "'replicated later' is there": log.has('replicated later'),
      "'lost' is there": log.has('lost'),
    }
  }

  get #bootstrap(): string {
    return this.cluster.addresses.join(',')
  }

  get #topics(): string[] {
    return this.#works.map(({ topic }) => topic)
  }

  #note(what: string, value: string, work?: Work): void {
    const who = work === undefined ? {} : { who: work.worker.name }
    this.observations.push({ step: this.#step, what, value, ...who })
  }

  /** Lets something happen while records flow, waits for what follows and until all is acknowledged, and describes it. */
  async #during(o: {
    act?: () => Promise<void>
    holds: (standing: Standing, partition: number) => boolean
    /** Not all can be acknowledged. */
    isHeldUp?: boolean
  }): Promise<void> {
    const fed = this.#feed(LINES)
    await pause(BEFORE_IT_HAPPENS_MS)
    await o.act?.()
    await this.#settled(o.holds)
    await fed
    if (o.isHeldUp !== true) await this.#acknowledged()
    await this.#describe()
  }

  async #acknowledged(): Promise<void> {
    for (const work of this.#works) {
      await this.#lookout.until(
        `${this.#step}: all of ${work.topic} is acknowledged`,
        async () => (await this.#count(work)) >= this.#expected(work),
        () => work.progress,
      )
    }
  }

  /** A client that asks a broker too early makes it create the topic. */
  async #known(address: string, topics: readonly string[]): Promise<void> {
    await this.#lookout.until(`${address} knows the topics`, async () => {
      const standings = await this.#lookout.standings(address, topics)
      return standings?.size === topics.length
    })
  }

  async #feed(lines: number): Promise<void> {
    await Promise.all(this.#works.map((work) => work.feed(lines)))
  }

  async #settled(holds: (standing: Standing, partition: number) => boolean): Promise<Standing[][]> {
    let seen: ReadonlyMap<string, Standing[]> | null = null
    return this.#lookout.until(
      this.#step,
      async () => {
        seen = await this.#lookout.standings(this.cluster.addresses[this.#asked]!, this.#topics)
        const all = seen === null ? [] : [...seen.values()]
        return all.length === this.#works.length && all.every((standings) => standings.every(holds)) ? all : null
      },
      () => JSON.stringify([...(seen ?? [])]),
    )
  }

  #expected(work: Work): number {
    return work.sent.length + (this.#besides.get(work) ?? 0)
  }

  async #count(work: Work): Promise<number> {
    const ends = await this.#lookout.ends(this.cluster.addresses[this.#asked]!, work.topic)
    return (ends ?? []).reduce((sum, end) => sum + end, 0)
  }

  async #once(acks: '1' | 'all', value: string, what: string): Promise<void> {
    const outcomes = this.#works.map((work) => work.once(this.cluster.addresses[0]!, acks, value))
    for (const [at, outcome] of (await Promise.all(outcomes)).entries()) this.#note(what, outcome, this.#works[at])
  }

  async #describe(): Promise<void> {
    for (const { topic, what, value } of await this.#tools.topics(this.#topics))
      this.#note(
        what,
        value,
        this.#works.find((work) => work.topic === topic),
      )
  }

  async #describeQuorum(): Promise<void> {
    for (const { what, value } of await this.#tools.quorum()) this.#note(what, value)
  }

  async #tool(name: string, ...args: string[]): Promise<void> {
    const { what, value } = await this.#tools.lines(name, ...args)
    this.#note(what, value)
  }

  #file(name: string, content: unknown): string {
    const path = join(this.directory, name)
    writeFileSync(path, JSON.stringify(content))
    return path
  }
}
