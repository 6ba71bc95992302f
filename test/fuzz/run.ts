import { fork } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/clock.js'
import { type Fuzzed, nothingFuzzed } from './fuzz.js'
import type { Job, JobTold } from './job.js'

const USAGE = `Requests of real clients, bent, and whole ones that lie, against brokers: npm run fuzz -- [--seed S] [--minutes M] [--frames F] [--jobs J] [--cluster]

  --seed S      begin with this one, 1 if left out; alone, unless --minutes or --frames is given too
  --minutes M   as many as there is time for, 1 if nothing else is given
  --frames F    end when so many have been sent
  --jobs J      so many processes side by side, each with a broker of its own; 1 if left out
  --cluster     against the controllers of three brokers: what voters and brokers ask them, and lies; afterwards they must
                elect and take records, and have all that they acknowledged
`
const A_DAY_MINUTES = 1440

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    frames: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    cluster: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(USAGE)
else process.exit((await run(Number(values.seed ?? 1), Number(values.jobs))) ? 0 : 1)

async function run(first: number, jobs: number): Promise<boolean> {
  const startMs = systemClock.monotonicMs()
  const framesMax = values.frames === undefined ? null : Math.ceil(Number(values.frames) / jobs)
  const minutes = values.minutes ?? (framesMax !== null ? A_DAY_MINUTES : values.seed === undefined ? 1 : null)
  const forMs = minutes === null ? null : Number(minutes) * 60_000
  const count = forMs === null ? 1 : jobs
  const ends = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      runJob({ first: first + at, step: count, forMs, framesMax, isOfCluster: values.cluster }),
    ),
  )
  const total = ends.map(({ fuzzed }) => fuzzed).reduce(added, nothingFuzzed())
  const seeds = ends.reduce((sum, end) => sum + end.seeds, 0)
  tellTotal(total, seeds, (systemClock.monotonicMs() - startMs) / 1000)
  return total.failures.length === 0
}

/** In a process of its own; that one ends before it is done is a failure of the seed that it was at. */
function runJob(job: Job): Promise<{ fuzzed: Fuzzed; seeds: number }> {
  const child = fork(join(import.meta.dirname, 'job.ts'))
  child.send(job)
  return new Promise((resolve) => {
    let seed = job.first
    child.on('message', (told: JobTold) => {
      if (told.type === 'begins') seed = told.seed
      else resolve(told)
    })
    child.on('exit', (code, signal) => {
      const failures = [`seed ${seed}: the process ended with ${signal ?? code}`]
      resolve({ fuzzed: { ...nothingFuzzed(), failures }, seeds: 0 })
    })
  })
}

function added(one: Fuzzed, other: Fuzzed): Fuzzed {
  return {
    frames: one.frames + other.frames,
    answered: one.answered + other.answered,
    closed: one.closed + other.closed,
    neighbourMsMax: Math.max(one.neighbourMsMax, other.neighbourMsMax),
    kafkasFailures: one.kafkasFailures + other.kafkasFailures,
    restarts: one.restarts + other.restarts,
    records: one.records + other.records,
    failures: [...one.failures, ...other.failures],
  }
}

function tellTotal(total: Fuzzed, seeds: number, seconds: number): void {
  const { frames, answered, closed, neighbourMsMax, kafkasFailures, restarts, records, failures } = total
  for (const failure of failures) console.log(failure)
  const others = values.cluster
    ? `${records} records acknowledged and read again, ${restarts} clusters started again`
    : `others waited ${Math.round(neighbourMsMax)} ms at most`
  console.log(
    `${frames} frames from ${seeds} seeds in ${seconds.toFixed(0)} s: ${answered} answered (${kafkasFailures} with an error of the server, as Kafka does), ${closed} closed, ` +
      `${frames - answered - closed} left waiting or without an answer; ${others}; ${failures.length} failures`,
  )
  const seed = /^seed (\d+)/.exec(failures[0] ?? '')?.[1]
  if (seed !== undefined) console.log(`Again: npm run fuzz -- ${values.cluster ? '--cluster ' : ''}--seed ${seed}`)
}
