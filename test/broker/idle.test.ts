import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { FLOODS } from '../flood/floods.js'
import { ManualClock } from '../support/manual-clock.js'

const HOUR_MS = 3_600_000
/** The shortest of Kafka's own intervals: `replica.high.watermark.checkpoint.interval.ms`. */
const INTERVAL_MS_MIN = 5000

let directory: string
let clock: CountingClock
let daemon: Daemon

/** Tells how often somebody was woken. */
class CountingClock extends ManualClock {
  woken = 0
  shortestMs = Number.POSITIVE_INFINITY

  override after(delayMs: number, act: () => void) {
    this.shortestMs = Math.min(this.shortestMs, delayMs)
    return super.after(delayMs, () => {
      this.woken++
      act()
    })
  }
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-idle-'))
  clock = new CountingClock()
  const settings = new Map([
    ...[['listeners', 'PLAINTEXT://127.0.0.1:0'] as const, ['log.dirs', directory] as const],
    ...[['offsets.topic.num.partitions', '1'] as const, ['transaction.state.log.num.partitions', '1'] as const],
    ['group.initial.rebalance.delay.ms', '0'] as const,
  ])
  daemon = await startDaemon({ settings, clusterId: null, clock, random: systemRandom, log: silentLog })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function use(port: number): Promise<void> {
  const kinds = FLOODS.filter(({ name }) => !name.includes('connections') && !name.includes('joined'))
  for (const { begin } of kinds) (await begin(port, 20))()
}

/** Lets what has been sent and closed be heard of. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** In steps, as time comes: what is woken may do something that takes turns. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= INTERVAL_MS_MIN) {
    clock.advance(Math.min(left, INTERVAL_MS_MIN))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function filesWithTimes(): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { mtimeMs, size, ino } = statSync(join(directory, name))
    return `${name} ${size} ${mtimeMs} ${ino}`
  })
}

test('a broker that nobody uses writes nothing, and is woken by Kafka’s own intervals alone, as often after it was used as before', async () => {
  await pass(HOUR_MS)
  const timers = clock.timers
  await use(daemon.port)
  await settled()
  // What was left to be done is done, and connections that have ended are forgotten.
  await pass(HOUR_MS)
  await settled()
  expect(clock.timers).toBe(timers)
  const before = filesWithTimes()
  clock.woken = 0
  clock.shortestMs = Number.POSITIVE_INFINITY
  await pass(HOUR_MS)
  await settled()
  expect(filesWithTimes()).toEqual(before)
  expect(clock.shortestMs).toBeGreaterThanOrEqual(INTERVAL_MS_MIN)
  expect(clock.woken).toBeLessThan((HOUR_MS / INTERVAL_MS_MIN) * 3)
  expect(clock.timers).toBe(timers)
  await daemon.close()
})

test('a broker that is closed leaves no timer behind', async () => {
  await use(daemon.port)
  await daemon.close()
  await settled()
  expect(clock.timers).toBe(0)
})
