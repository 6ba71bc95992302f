import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import { systemClock } from '../../src/base/clock.js'
import { waited } from '../crash/real-world.js'
import { freePort } from '../support/klog-home.js'
import type { Measurement } from './broker-child.js'
import { createTopics, GROUP_RECORDS, runCycle } from './cycle.js'
import { MeasuredBroker } from './measured-broker.js'

const USAGE = `A broker under mixed load for as long as asked, and what it holds after each round: npm run soak -- [MINUTES] [--seed S]

  MINUTES    5 if left out. Every 20 rounds the broker is stopped and started again, every second time with kill -9.
  --seed S   the first round's, 1 if left out; each round's is one more than the one's before. It decides what clients do, not how
             quickly the machine is.

Where something is wrong, the broker's files are kept and named; where it holds more and more, so are a snapshot of its heap
(for the memory tab of a browser's developer tools) and a list of its files and timers.
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

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
})

// kafkajs leaves some of its own failures to nobody; what was lost by them is missed at the end of the round.
process.on('unhandledRejection', (error) => {
  if (!(error instanceof Error && error.name.startsWith('KafkaJS'))) throw error
})

if (values.help) process.stdout.write(USAGE)
else process.exit((await soak(Number(positionals[0] ?? 5), Number(values.seed))) ? 0 : 1)

async function soak(minutes: number, firstSeed: number): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'klog-soak-'))
  const settings = new Map([...SETTINGS, ['log.dirs', join(directory, 'data')] as const])
  const untilMs = systemClock.monotonicMs() + minutes * 60_000
  const totals = { cycles: 0, restarts: 0, records: 0 }
  const problems: string[] = []
  const told = (problem: string): void => {
    problems.push(`seed ${firstSeed + totals.cycles}: ${problem}`)
    console.log(problems.at(-1))
  }
  const broker = new MeasuredBroker(await freePort(), settings, (line) => {
    if (line.includes('] ERROR ')) told(line)
    else console.log(line)
  })
  await broker.start()
  await createTopics(broker.port)
  let rounds = 0
  let early: Measurement | null = null
  while (systemClock.monotonicMs() < untilMs) {
    try {
      const { sent, received } = await runCycle(broker.port, firstSeed + totals.cycles)
      if (received < GROUP_RECORDS) told(`${received} of ${GROUP_RECORDS} records came through the group`)
      totals.records += sent
    } catch (error) {
      told(inspect(error))
      break
    }
    await waited(systemClock, REST_MS)
    console.log(`round ${totals.cycles + 1}: ${described(await broker.measure())}`)
    rounds++
    if (rounds === WARM_UP) early = await atRest(broker)
    if (rounds === CYCLES_PER_LIFE) {
      await tellGrowth(broker, early!, directory, told)
      rounds = 0
      early = null
      await broker.end(totals.restarts++ % 2 === 0 ? 'SIGTERM' : 'SIGKILL')
      await broker.start()
    }
    totals.cycles++
  }
  if (early !== null) await tellGrowth(broker, early, directory, told)
  await broker.end('SIGTERM')
  console.log(
    `${totals.cycles} rounds, ${totals.records} records, ${totals.restarts} restarts in ${minutes} minutes; ` +
      `${problems.length === 0 ? 'memory, files and timers are flat' : `${problems.length} problems`}`,
  )
  if (problems.length === 0) rmSync(directory, { recursive: true, force: true })
  else console.log(`What the broker wrote is in ${directory}. Again: npm run soak -- ${minutes} --seed ${firstSeed}`)
  return problems.length === 0
}

async function tellGrowth(
  broker: MeasuredBroker,
  early: Measurement,
  directory: string,
  told: (problem: string) => void,
): Promise<void> {
  const problems = grown(early, await atRest(broker))
  if (problems.length === 0) return
  for (const problem of problems) told(problem)
  const snapshot = join(directory, 'klog.heapsnapshot')
  const { descriptors, resources } = await broker.list(snapshot)
  console.log(`The heap is in ${snapshot}; files and timers are:`)
  for (const [what, count] of counted([...descriptors, ...resources])) console.log(`  ${count} ${what}`)
}

/** How many there are of each; sockets are all of one kind. */
function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names.map((one) => one.replace(/:\[\d+\]$/, ''))) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
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

function described({ heapBytes, externalBytes, residentBytes, descriptors, timers }: Measurement): string {
  const [heap, external, resident] = [heapBytes, externalBytes, residentBytes].map((n) => (n / 1e6).toFixed(1))
  return `heap ${heap} MB, buffers ${external} MB, resident ${resident} MB, ${descriptors} files, ${timers} timers`
}
