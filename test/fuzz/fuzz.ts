import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.js'
import { lineLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { startDaemon } from '../../src/daemon.js'
import { connectTo, coordinated, createTopic } from '../flood/floods.js'
import { RawClient } from '../support/raw-client.js'
import { seededRandom } from '../support/seeded-random.js'
import { checkedAnswer, wantsNoAnswer } from './answer-check.js'
import { exempt } from './exempt.js'
import { recordedFrames } from './frames.js'
import { lyingRequest, TOPICS } from './lies.js'
import { mutated } from './mutate.js'

/** Lanes side by side, each on a connection of its own until the broker closes it. */
const AT_ONCE = 64
const FRAMES_PER_ROUND = 2000
/** Whoever has not been answered by then, but others have, may be waiting for good reasons: for records, for members. */
const PATIENCE_MS = 100
const OTHERS_ANSWERED = 12
/** In which another connection must have its answer, on a machine that has other things to do. */
const NEIGHBOUR_MS_MAX = 10_000
const NEIGHBOUR_EVERY_MS = 15
const GROWTH_BYTES_MAX = 512 * 1024 * 1024
/** Of a client of its own, whom the frames' quotas do not concern. */
const NEIGHBOUR = 'neighbour'
const API_VERSIONS = Buffer.from(`00120000000000000009${Buffer.from(NEIGHBOUR).toString('hex')}`, 'hex')
const CORRELATION_ID = 4

/** What Kafka answers with UNKNOWN_SERVER_ERROR too. */
const AS_KAFKA = /There is no isolation level/

export interface Fuzzed {
  frames: number
  answered: number
  closed: number
  /** The longest that a connection beside them has waited for an answer. */
  neighbourMsMax: number
  /** Of those that were answered: with UNKNOWN_SERVER_ERROR, as Kafka does. */
  kafkasFailures: number
  /** Of clusters: how often one had to be started again, and what it had acknowledged in between. */
  restarts: number
  records: number
  readonly failures: string[]
}

const SETTINGS = {
  listeners: 'PLAINTEXT://127.0.0.1:0',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
}

export function nothingFuzzed(): Fuzzed {
  return {
    frames: 0,
    answered: 0,
    closed: 0,
    neighbourMsMax: 0,
    kafkasFailures: 0,
    restarts: 0,
    records: 0,
    failures: [],
  }
}

/** One broker, and what one seed sends it. */
export async function fuzzRound(seed: number, fuzzed: Fuzzed): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'klog-fuzz-'))
  const fail = (what: string): void => void fuzzed.failures.push(`seed ${seed}: ${what}`)
  const log = lineLog((line) => {
    if (line.includes('] ERROR ') && !AS_KAFKA.test(line)) fail(line.trim())
  }, systemClock)
  const daemon = await startDaemon({
    settings: new Map(Object.entries({ ...SETTINGS, 'log.dirs': directory })),
    clusterId: null,
    clock: systemClock,
    random: systemRandom,
    log,
  })
  try {
    await prepare(daemon.port)
    await sendAll(daemon.port, framesOf(seed), fuzzed, fail)
  } finally {
    await daemon.kill()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Topics and coordinators that are there: otherwise most that is asked for is not. */
async function prepare(port: number): Promise<void> {
  const peer = await connectTo(port)
  for (const name of TOPICS) await createTopic(peer, name)
  await exempt(peer, NEIGHBOUR)
  peer.close()
  for (const keyType of [0, 1]) (await coordinated(port, keyType, 'a')).close()
}

/** Half of them are what clients sent, bent; half are whole and lie. Each is told from the others by its correlation id. */
function framesOf(seed: number): Buffer[] {
  const random = seededRandom(seed)
  const all = recordedFrames()
  return Array.from({ length: FRAMES_PER_ROUND }, (_, at) => {
    const frame = random.int(2) === 0 ? mutated(all, random) : lyingRequest(random)
    frame.writeInt32BE(at, CORRELATION_ID)
    return frame
  })
}

async function sendAll(
  port: number,
  frames: readonly Buffer[],
  fuzzed: Fuzzed,
  fail: (what: string) => void,
): Promise<void> {
  const neighbour = await RawClient.connect(port)
  const before = process.memoryUsage().rss
  let isOver = false
  let answers = 0
  const watching = (async () => {
    for (; !isOver; answers++) await askNeighbour(neighbour, fuzzed, fail)
  })()
  const lanes = Array.from({ length: AT_ONCE }, (_, lane) => frames.filter((_, at) => at % AT_ONCE === lane))
  await Promise.all(lanes.map((lane) => new Lane(port, () => answers, fuzzed, fail).send(lane)))
  isOver = true
  await watching
  neighbour.destroy()
  const grown = process.memoryUsage().rss - before
  if (grown > GROWTH_BYTES_MAX) fail(`memory has grown by ${Math.round(grown / 1e6)} MB`)
}

/** Frames one after the other, on one connection as long as it lasts. */
class Lane {
  #client: RawClient | null = null

  constructor(
    readonly port: number,
    /** How often the neighbour has been answered. */
    readonly neighbourAnswers: () => number,
    readonly fuzzed: Fuzzed,
    readonly fail: (what: string) => void,
  ) {}

  async send(frames: readonly Buffer[]): Promise<void> {
    for (const frame of frames) {
      this.#client ??= await RawClient.connect(this.port)
      if (!(await this.#sendOne(this.#client, frame))) this.#leave()
    }
    this.#leave()
  }

  /** False where nothing more is to be said on this connection. */
  async #sendOne(client: RawClient, frame: Buffer): Promise<boolean> {
    const { fuzzed } = this
    const isSilent = wantsNoAnswer(frame)
    client.sendFrame(frame)
    // Where nothing is answered, the next request tells whether the connection is still there.
    if (isSilent) client.sendFrame(API_VERSIONS)
    const answer = await this.#answerOf(client)
    fuzzed.frames++
    if (answer === 'late') return false
    if (answer === null) fuzzed.closed++
    else if (!isSilent) this.#check(frame, answer)
    return answer !== null
  }

  async #answerOf(client: RawClient): Promise<Buffer | null | 'late'> {
    const answersMin = this.neighbourAnswers() + OTHERS_ANSWERED
    const answer = client.frame()
    for (;;) {
      const late = timeout(PATIENCE_MS)
      const first = await Promise.race([answer, late.over])
      late.cancel()
      if (first !== 'late' || this.neighbourAnswers() >= answersMin) return first
    }
  }

  #check(frame: Buffer, answer: Buffer): void {
    const { fuzzed } = this
    fuzzed.answered++
    const { wrong, isKafkasFailure } = checkedAnswer(frame, answer)
    if (wrong !== null) this.fail(`${wrong}, asked by ${frame.toString('hex')}`)
    if (isKafkasFailure) fuzzed.kafkasFailures++
  }

  /** Not with a goodbye: thousands of ports that wait for last packets would be missing elsewhere. */
  #leave(): void {
    this.#client?.reset()
    this.#client = null
  }
}

/** Somebody else asks which versions are spoken. */
async function askNeighbour(neighbour: RawClient, fuzzed: Fuzzed, fail: (what: string) => void): Promise<void> {
  await timeout(NEIGHBOUR_EVERY_MS).over
  const startMs = systemClock.monotonicMs()
  neighbour.sendFrame(API_VERSIONS)
  const late = timeout(2 * NEIGHBOUR_MS_MAX)
  const answer = await Promise.race([neighbour.frame(), late.over])
  late.cancel()
  const tookMs = systemClock.monotonicMs() - startMs
  fuzzed.neighbourMsMax = Math.max(fuzzed.neighbourMsMax, tookMs)
  if (answer === null || answer === 'late') fail('a connection that did nothing wrong gets no answer')
  if (tookMs > NEIGHBOUR_MS_MAX) fail(`a connection that did nothing wrong waits ${Math.round(tookMs)} ms`)
}

function timeout(ms: number): { readonly over: Promise<'late'>; cancel(): void } {
  let timer = { cancel: (): void => {} }
  const over = new Promise<'late'>((resolve) => {
    timer = systemClock.after(ms, () => resolve('late'))
  })
  return { over, cancel: () => timer.cancel() }
}
