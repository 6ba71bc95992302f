import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.js'
import type { Random } from '../../src/base/random.js'
import { Client } from '../sim/client.js'
import { allDecided, EARLIEST, observe, offsetOf, READ_COMMITTED, READ_UNCOMMITTED, readAll } from '../sim/consumers.js'
import { COPIES, checkCopies, copy } from '../sim/copying.js'
import { checkCommitted, committedOffset, readInGroup } from '../sim/group-members.js'
import { hold, Ledger } from '../sim/ledger.js'
import { produceIdempotently } from '../sim/producers.js'
import { administer, checkTopics, createTopic, type Place } from '../sim/topics.js'
import { type Protocol, produceInTransactions } from '../sim/transactional-producer.js'
import { kafkajs } from '../support/kafkajs.js'
import { seededRandom } from '../support/seeded-random.js'
import { KAFKAJS_GROUP, kafkajsRegister, produceWithKafkajs, readWithKafkajs } from './kafkajs-clients.js'
import { KillableBroker } from './killable-broker.js'
import { realWorld, waited } from './real-world.js'

const TOPIC = 'orders'
const KAFKAJS_TOPIC = 'kafkajs'
const PARTITIONS = 2
/** How much a producer sends before another takes its place. */
const BATCHES = 30
/** After the topics are there; before, and after each start, it is killed at any moment of this time. */
const LIFE_MS_MAX = 900
/** One kill in so many comes while the broker starts. */
const IN_START_ONE_IN = 4
const START_MS_MAX = 400

export interface CrashOutcome {
  readonly seed: number
  readonly failure: Error | null
  readonly kills: number
  /** Records that were acknowledged, each of which was looked for. */
  readonly acknowledged: number
  /** Records that were found, acknowledged or not. */
  readonly stored: number
  /** Commits, topics and settings of which the last state was compared with what clients were told. */
  readonly registers: number
}

/** A broker that is killed `kills` times while clients of all kinds are busy, and then holds what it has promised. */
export async function crashRound(seed: number, kills: number, tell = (_: string): void => {}): Promise<CrashOutcome> {
  const directory = mkdtempSync(join(tmpdir(), 'klog-crash-'))
  const round = new Round(seed, kills, directory, tell)
  let failure: Error | null = null
  try {
    await round.run()
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error))
  } finally {
    await round.end()
    if (failure === null) rmSync(directory, { recursive: true, force: true })
  }
  const { ledger, struck, stored } = round
  const registers = [...ledger.registers.keys()].length
  return { seed, failure, kills: struck, acknowledged: ledger.acknowledged, stored, registers }
}

class Round {
  readonly ledger = new Ledger(
    () => systemClock.monotonicMs(),
    () => false,
  )
  readonly random: Random
  struck = 0
  stored = 0
  #isCalm = false
  #broker: KillableBroker | null = null
  #reported: string | null = null

  constructor(
    seed: number,
    readonly kills: number,
    readonly directory: string,
    readonly tell: (what: string) => void,
  ) {
    this.random = seededRandom(seed)
  }

  async run(): Promise<void> {
    const settings = settingsOf(this.random)
    this.tell(`${this.directory} ${JSON.stringify(Object.fromEntries(settings))}`)
    const broker = await KillableBroker.make(this.directory, settings, (line) => {
      this.#reported ??= line
    })
    this.#broker = broker
    await broker.start()
    for (const topic of [TOPIC, COPIES, KAFKAJS_TOPIC])
      await createTopic(this.#client(`maker of ${topic}`), topic, PARTITIONS)
    const places = placesOf(TOPIC)
    const working = this.#work(places)
    const failed = working.then(
      () => null,
      (error: unknown) => ({ error }),
    )
    for (let kill = 0; kill < this.kills; kill++) {
      if ((await Promise.race([this.#strike(broker), failed])) !== undefined) break
    }
    this.#isCalm = true
    this.tell('all is calm')
    await working
    await broker.end('SIGKILL')
    this.struck++
    await broker.start()
    await this.#audit(places)
  }

  async end(): Promise<void> {
    await this.#broker?.end('SIGKILL')
  }

  async #work(places: readonly Place[]): Promise<void> {
    const protocols: readonly Protocol[] = ['old', 'new']
    const transactions = (at: number) => ({ protocol: protocols[at % 2]!, timeoutMs: 60_000 })
    const { ledger } = this
    const port = this.#broker!.port
    const retry = { initialRetryTime: 20, maxRetryTime: 200, retries: 1000 }
    const kafka = kafkajs(`127.0.0.1:${port}`, { retry })
    const endReading = readWithKafkajs(kafka, KAFKAJS_TOPIC, ledger)
    const own = { name: 'kafkajs', random: this.#fork(), ledger, isCalm: () => this.#isCalm }
    await Promise.all([
      ...[0, 1].map((at) => this.#again(`producer${at}`, (client) => produceIdempotently(client, places, BATCHES))),
      ...[0, 1].map((at) =>
        this.#again(`transactional${at}`, (client) => produceInTransactions(client, places, BATCHES, transactions(at))),
      ),
      ...places.map((place, at) => copy(this.#client(`copier${at}`), place, transactions(at))),
      ...[0, 1].map((at) => readInGroup(this.#client(`member${at}`), places)),
      ...[READ_UNCOMMITTED, READ_COMMITTED].map((isolation) =>
        observe(this.#client(`observer${isolation}`), places, isolation as 0 | 1),
      ),
      this.#again('admin', (client) => administer(client, BATCHES)),
      produceWithKafkajs(kafka, placesOf(KAFKAJS_TOPIC), own),
    ])
    await (await endReading)()
  }

  /** One client after the other does its work, until all is calm. */
  async #again(name: string, work: (client: Client) => Promise<void>): Promise<void> {
    for (let life = 0; !this.#isCalm; life++) {
      const client = this.#client(`${name}.${life}`)
      await work(client)
      client.disconnect()
    }
  }

  /** Lets it live for a while, or begin to, kills it, and starts it again. */
  async #strike(broker: KillableBroker): Promise<void> {
    const lifeMs = 20 + this.random.int(LIFE_MS_MAX)
    await waited(systemClock, lifeMs)
    await broker.end('SIGKILL')
    this.struck++
    this.tell(`killed after ${lifeMs} ms`)
    while (this.random.int(IN_START_ONE_IN) === 0) {
      const startMs = this.random.int(START_MS_MAX)
      const starting = broker.start()
      await waited(systemClock, startMs)
      await broker.end('SIGKILL')
      await starting
      this.struck++
      this.tell(`killed ${startMs} ms after it was started`)
    }
    hold(await broker.start(), () => `it does not start again: ${this.#reported}`)
    hold(this.#reported === null, () => `the broker reports ${this.#reported}`)
  }

  async #audit(places: readonly Place[]): Promise<void> {
    const client = this.#client('auditor')
    await checkTopics(client)
    for (const place of [...places, ...placesOf(COPIES), ...placesOf(KAFKAJS_TOPIC)]) {
      await allDecided(client, place)
      const stored = await readAll(client, place, READ_UNCOMMITTED)
      this.ledger.checkStored(place, await offsetOf(client, place, EARLIEST, READ_UNCOMMITTED), stored)
      this.ledger.checkCommitted(place, stored, await readAll(client, place, READ_COMMITTED))
      this.stored += stored.length
    }
    for (const place of places) await checkCommitted(client, place)
    for (const place of places) await checkCopies(client, place)
    for (const place of placesOf(KAFKAJS_TOPIC)) await this.#checkKafkajs(client, place)
    hold(this.#reported === null, () => `the broker reports ${this.#reported}`)
  }

  async #checkKafkajs(client: Client, place: Place): Promise<void> {
    const offset = await committedOffset(client, KAFKAJS_GROUP, place)
    const { possible } = this.ledger.register(kafkajsRegister(place.partition))
    hold(
      possible.has(offset < 0 ? null : String(offset)),
      () => `${KAFKAJS_GROUP} have committed ${offset}, and were told of ${[...possible].join(' or ')}`,
    )
  }

  #client(name: string): Client {
    const { ledger } = this
    const world = realWorld({ port: this.#broker!.port, ledger, isCalm: () => this.#isCalm, tell: () => {} })
    return new Client(name, this.#fork(), world)
  }

  #fork(): Random {
    return seededRandom(this.random.int(2 ** 31))
  }
}

function placesOf(topic: string): Place[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }))
}

/** What happens now and then happens often: segments end, snapshots are written, the cleaner runs. */
function settingsOf(random: Random): Map<string, string> {
  const pick = (...values: string[]): string => values[random.int(values.length)]!
  return new Map([
    ['group.initial.rebalance.delay.ms', '0'],
    ['offsets.topic.num.partitions', '2'],
    ['transaction.state.log.num.partitions', '2'],
    ['auto.create.topics.enable', 'false'],
    ['transaction.abort.timed.out.transaction.cleanup.interval.ms', '1000'],
    ['log.roll.ms', pick('604800000', '300', '1000')],
    ['log.index.interval.bytes', pick('0', '4096')],
    ['log.initial.task.delay.ms', pick('30000', '100')],
    ['log.flush.offset.checkpoint.interval.ms', pick('60000', '200')],
    ['log.cleaner.backoff.ms', pick('15000', '200')],
    ['log.cleaner.min.cleanable.ratio', pick('0.5', '0.01')],
    ['metadata.log.max.record.bytes.between.snapshots', pick('20971520', '900')],
    ['log.flush.interval.messages', pick('9223372036854775807', '9223372036854775807', '1')],
  ])
}
