import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.js'
import { waited } from '../crash/real-world.js'
import { freePort } from '../support/klog-home.js'
import type { Measurement } from './broker-child.js'
import { createTopics, GROUP_RECORDS, runCycle } from './cycle.js'
import { MeasuredBroker } from './measured-broker.js'

const USAGE = `A broker under mixed load for as long as asked, and what it holds after each round: npm run soak -- [MINUTES]

  MINUTES   5 if left out. Every 20 rounds the broker is stopped and started again, every second time with kill -9.
`
const SETTINGS: readonly [string, string][] = [
  ['group.initial.rebalance.delay.ms', '0'],
  ['offsets.topic.num.partitions', '2'],
  ['transaction.state.log.num.partitions', '2'],
  ['log.retention.check.interval.ms', '2000'],
  ['log.segment.delete.delay.ms', '1000'],
  ['log.initial.task.delay.ms', '500'],
  ['log.cleaner.backoff.ms', '1000'],
  ['offsets.retention.check.interval.ms', '5000'],
]
const CYCLES_PER_LIFE = 20
/** Caches fill, code is compiled: what is held after so many rounds is what is held later, too. */
const WARM_UP = 8
/** What is deleted goes a second later. */
const REST_MS = 2500
/** What is about to go has gone by the last of so many looks. */
const LOOKS = 5
const GROWTH_BYTES_MAX = 12e6
/** A timer or a file may just be in use; 12 rounds that leave one each behind are more. */
const GROWTH_COUNT_MAX = 6

if (process.argv[2] === '--help') process.stdout.write(USAGE)
else process.exit((await soak(Number(process.argv[2] ?? 5))) ? 0 : 1)

async function soak(minutes: number): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'klog-soak-'))
  const settings = new Map([...SETTINGS, ['log.dirs', directory] as const])
  const untilMs = systemClock.monotonicMs() + minutes * 60_000
  const problems: string[] = []
  const broker = new MeasuredBroker(await freePort(), settings, (line) => {
    if (line.includes('] ERROR ')) problems.push(line)
    console.log(line)
  })
  await broker.start()
  await createTopics(broker.port)
  const totals = { cycles: 0, restarts: 0, records: 0 }
  let rounds = 0
  let early: Measurement | null = null
  while (systemClock.monotonicMs() < untilMs) {
    const { sent, received } = await runCycle(broker.port, totals.cycles)
    if (received < GROUP_RECORDS)
      problems.push(`round ${totals.cycles}: ${received} of ${GROUP_RECORDS} records came through the group`)
    totals.cycles++
    totals.records += sent
    await waited(systemClock, REST_MS)
    console.log(`round ${totals.cycles}: ${sent} records, ${told(await broker.measure())}`)
    rounds++
    if (rounds === WARM_UP) early = await atRest(broker)
    if (rounds < CYCLES_PER_LIFE) continue
    problems.push(...grown(early!, await atRest(broker)))
    rounds = 0
    early = null
    await broker.end(totals.restarts++ % 2 === 0 ? 'SIGTERM' : 'SIGKILL')
    await broker.start()
  }
  if (early !== null) problems.push(...grown(early, await atRest(broker)))
  await broker.end('SIGTERM')
  rmSync(directory, { recursive: true, force: true })
  for (const problem of problems) console.log(problem)
  console.log(
    `${totals.cycles} rounds, ${totals.records} records, ${totals.restarts} restarts in ${minutes} minutes; ` +
      `${problems.length === 0 ? 'memory, files and timers are flat' : `${problems.length} problems`}`,
  )
  return problems.length === 0
}

/** The least of several measurements while nobody is there. */
async function atRest(broker: MeasuredBroker): Promise<Measurement> {
  let least = await broker.measure()
  for (let look = 1; look < LOOKS; look++) {
    await waited(systemClock, REST_MS)
    const next = await broker.measure()
    const lower = (name: keyof Measurement): number => Math.min(least[name], next[name])
    least = {
      ...{ heapBytes: lower('heapBytes'), externalBytes: lower('externalBytes') },
      ...{ residentBytes: lower('residentBytes'), descriptors: lower('descriptors'), timers: lower('timers') },
    }
  }
  return least
}

/** What there is more of at the end of a life than after its beginning. */
function grown(early: Measurement, late: Measurement): string[] {
  return (['heapBytes', 'externalBytes', 'descriptors', 'timers'] as const).flatMap((name) => {
    const more = late[name] - early[name]
    const allowed = name.endsWith('Bytes') ? GROWTH_BYTES_MAX : GROWTH_COUNT_MAX
    return more > allowed ? [`${name} has grown by ${more}, from ${early[name]}`] : []
  })
}

function told({ heapBytes, externalBytes, residentBytes, descriptors, timers }: Measurement): string {
  const [heap, external, resident] = [heapBytes, externalBytes, residentBytes].map((n) => (n / 1e6).toFixed(1))
  return `heap ${heap} MB, buffers ${external} MB, resident ${resident} MB, ${descriptors} files, ${timers} timers`
}
