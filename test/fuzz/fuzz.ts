import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.js'
import { lineLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { RawClient } from '../support/raw-client.js'
import { seededRandom } from '../support/seeded-random.js'
import { wrongAnswer } from './answer-check.js'
import { recordedFrames } from './frames.js'
import { mutated } from './mutate.js'

const AT_ONCE = 8
const FRAMES_PER_ROUND = 400
/** Whoever has not been answered by then may be waiting for good reasons: for records, for members. */
const PATIENCE_MS = 150
/** In which another connection must have its answer, on a machine that has other things to do. */
const NEIGHBOUR_MS_MAX = 10_000
const GROWTH_BYTES_MAX = 512 * 1024 * 1024

/** What Kafka answers with UNKNOWN_SERVER_ERROR too. */
const AS_KAFKA = /There is no isolation level/

export interface Fuzzed {
  frames: number
  answered: number
  closed: number
  /** The longest that a connection beside them has waited for an answer. */
  neighbourMsMax: number
  readonly failures: string[]
}

const SETTINGS = {
  listeners: 'PLAINTEXT://127.0.0.1:0',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
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
    await sendAll(daemon, seed, fuzzed, fail)
  } finally {
    await daemon.kill()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function sendAll(daemon: Daemon, seed: number, fuzzed: Fuzzed, fail: (what: string) => void): Promise<void> {
  const random = seededRandom(seed)
  const all = recordedFrames()
  const neighbour = await RawClient.connect(daemon.port)
  const before = process.memoryUsage().rss
  const frames = Array.from({ length: FRAMES_PER_ROUND }, () => mutated(all, random))
  const sendNext = async (): Promise<void> => {
    for (let frame = frames.pop(); frame !== undefined; frame = frames.pop()) {
      await sendOne(daemon.port, frame, fuzzed, fail)
    }
  }
  let isOver = false
  const watching = (async () => {
    while (!isOver) await askNeighbour(neighbour, fuzzed, fail)
  })()
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext))
  isOver = true
  await watching
  neighbour.destroy()
  const grown = process.memoryUsage().rss - before
  if (grown > GROWTH_BYTES_MAX) fail(`memory has grown by ${Math.round(grown / 1e6)} MB`)
}

async function sendOne(port: number, frame: Buffer, fuzzed: Fuzzed, fail: (what: string) => void): Promise<void> {
  const client = await RawClient.connect(port)
  client.sendFrame(frame)
  const answer = await Promise.race([client.frame(), after(PATIENCE_MS)])
  fuzzed.frames++
  if (answer === null) fuzzed.closed++
  else if (answer !== 'late') {
    fuzzed.answered++
    const wrong = wrongAnswer(frame, answer)
    if (wrong !== null) fail(`${wrong}, asked by ${frame.toString('hex')}`)
  }
  // Not with a goodbye: thousands of ports that wait for last packets would be missing elsewhere.
  client.reset()
}

/** Somebody else asks which versions are spoken. */
async function askNeighbour(neighbour: RawClient, fuzzed: Fuzzed, fail: (what: string) => void): Promise<void> {
  await after(PATIENCE_MS / 10)
  const startMs = systemClock.monotonicMs()
  neighbour.sendFrame('0012 0000 0000002a 0001 63')
  const answer = await Promise.race([neighbour.frame(), after(2 * NEIGHBOUR_MS_MAX)])
  const tookMs = systemClock.monotonicMs() - startMs
  fuzzed.neighbourMsMax = Math.max(fuzzed.neighbourMsMax, tookMs)
  if (answer === null || answer === 'late') fail('a connection that did nothing wrong gets no answer')
  if (tookMs > NEIGHBOUR_MS_MAX) fail(`a connection that did nothing wrong waits ${Math.round(tookMs)} ms`)
}

function after(ms: number): Promise<'late'> {
  return new Promise((resolve) => systemClock.after(ms, () => resolve('late')))
}
