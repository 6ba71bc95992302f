import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/clock.js'
import { fuzzRound, nothingFuzzed } from './fuzz.js'

const USAGE = `Requests of real clients, bent, against a broker in this process: npm run fuzz -- [--seed S] [--minutes M]

  --seed S      begin with this one, 1 if left out; alone, unless --minutes is given too
  --minutes M   as many as there is time for, 1 if neither is given
`

const { values } = parseArgs({
  options: { seed: { type: 'string' }, minutes: { type: 'string' }, help: { type: 'boolean', default: false } },
})

if (values.help) process.stdout.write(USAGE)
else await run(Number(values.seed ?? 1), values.minutes ?? (values.seed === undefined ? '1' : null))

async function run(first: number, minutes: string | null): Promise<void> {
  const untilMs = minutes === null ? null : systemClock.monotonicMs() + Number(minutes) * 60_000
  const fuzzed = nothingFuzzed()
  let seed = first
  const uncaught = (error: unknown): void => {
    fuzzed.failures.push(`seed ${seed}: nobody catches ${error instanceof Error ? error.stack : String(error)}`)
  }
  process.on('uncaughtException', uncaught)
  process.on('unhandledRejection', uncaught)
  for (;;) {
    await fuzzRound(seed, fuzzed)
    if (untilMs === null || systemClock.monotonicMs() >= untilMs) break
    seed++
  }
  const { frames, answered, closed, neighbourMsMax, failures } = fuzzed
  for (const failure of failures) console.log(failure)
  console.log(
    `${frames} frames from ${seed - first + 1} seeds: ${answered} answered, ${closed} closed, ` +
      `${frames - answered - closed} left waiting; others waited ${Math.round(neighbourMsMax)} ms at most; ${failures.length} failures`,
  )
  process.exit(failures.length === 0 ? 0 : 1)
}
