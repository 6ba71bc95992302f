import { systemClock } from '../../src/base/clock.js'
import { lineLog } from '../../src/base/log.js'
import type { Random } from '../../src/base/random.js'
import { TestCluster } from '../support/cluster.js'
import { RawClient } from '../support/raw-client.js'
import { seededRandom } from '../support/seeded-random.js'
import { checkedAnswer } from './answer-check.js'
import { lyingToController } from './controller-lies.js'
import type { Fuzzed } from './fuzz.js'
import { KeptRecords } from './kept-records.js'
import { mutated } from './mutate.js'

const BROKERS = 3
const AT_ONCE = 12
/** Whoever has no answer by then may be waiting for others. */
const PATIENCE_MS = 150
const CORRELATION_ID = 4
/** The epochs of the liars rise with theirs, and with those of the quorum: it begins new ones because of them. */
const FRAMES_PER_EPOCH = 60
const GROWTH_BYTES_MAX = 512 * 1024 * 1024

/** A cluster of three brokers that vote, what one seed sends to the listeners of its controllers, and whether it recovers. */
export async function fuzzClusterRound(seed: number, frameCount: number, fuzzed: Fuzzed): Promise<void> {
  const fail = (what: string): void => void fuzzed.failures.push(`seed ${seed}: ${what}`)
  const log = lineLog((line) => {
    if (line.includes('] ERROR ')) fail(line.trim())
  }, systemClock)
  const cluster = await TestCluster.start(BROKERS, {}, log)
  const before = process.memoryUsage().rss
  try {
    const kept = await KeptRecords.begin(cluster)
    await sendAll(cluster, framesOf(seed, frameCount, cluster.daemon(0).clusterId), fuzzed, fail)
    if (!(await kept.goesOn())) {
      fuzzed.restarts++
      for (let id = 0; id < BROKERS; id++) await cluster.kill(id)
      await Promise.all(Array.from({ length: BROKERS }, (_, id) => cluster.startBroker(id)))
      if (!(await kept.goesOn())) fail('the cluster takes no records any more')
    }
    fuzzed.records += await kept.end(fail)
    const grown = process.memoryUsage().rss - before
    if (grown > GROWTH_BYTES_MAX) fail(`memory has grown by ${Math.round(grown / 1e6)} MB`)
  } finally {
    await cluster.close()
  }
}

/** Half of them lie, the others are bent on the way as well. */
function framesOf(seed: number, count: number, clusterId: string): Buffer[] {
  const random: Random = seededRandom(seed)
  return Array.from({ length: count }, (_, at) => {
    const known = { clusterId, epoch: 1 + Math.floor(at / FRAMES_PER_EPOCH) }
    const lying = lyingToController(random, known)
    const frame = random.int(3) > 0 ? lying : mutated([lying, lyingToController(random, known)], random)
    frame.writeInt32BE(at, CORRELATION_ID)
    return frame
  })
}

/** In their order, about: each goes to one of the controllers. */
async function sendAll(
  cluster: TestCluster,
  frames: readonly Buffer[],
  fuzzed: Fuzzed,
  fail: (what: string) => void,
): Promise<void> {
  let next = 0
  const lane = async (number: number): Promise<void> => {
    const { controller } = cluster.ports[number % BROKERS]!
    let client: RawClient | null = null
    while (next < frames.length) {
      const frame = frames[next++]!
      client ??= await RawClient.connect(controller)
      client.sendFrame(frame)
      const answer = await answerOf(client)
      fuzzed.frames++
      if (answer === null) fuzzed.closed++
      else if (answer !== 'late') check(frame, answer, fuzzed, fail)
      if (answer !== null && answer !== 'late') continue
      client.reset()
      client = null
    }
    client?.reset()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => lane(number)))
}

function check(frame: Buffer, answer: Buffer, fuzzed: Fuzzed, fail: (what: string) => void): void {
  fuzzed.answered++
  const { wrong, isKafkasFailure } = checkedAnswer(frame, answer)
  if (wrong !== null) fail(`${wrong}, asked by ${frame.toString('hex')}`)
  if (isKafkasFailure) fuzzed.kafkasFailures++
}

async function answerOf(client: RawClient): Promise<Buffer | null | 'late'> {
  let timer = { cancel: (): void => {} }
  const late = new Promise<'late'>((resolve) => {
    timer = systemClock.after(PATIENCE_MS, () => resolve('late'))
  })
  const answer = await Promise.race([client.frame(), late])
  timer.cancel()
  return answer
}
