import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/clock.js'
import { crashRound } from './crash.js'

const USAGE = `Kills klog's broker with -9 under load, again and again: npm run crash -- [--minutes M] [--seed S] [--kills K]

  --seed S      begin with this one, 1 if left out; alone, told as it goes, unless --minutes is given too
  --minutes M   as many as there is time for, 1 if neither is given
  --kills K     of each broker, 6 if left out
`

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    kills: { type: 'string', default: '6' },
    help: { type: 'boolean', default: false },
  },
})

// kafkajs leaves some of its own failures to nobody; what it was told is in the ledger all the same.
process.on('unhandledRejection', (error) => {
  if (!(error instanceof Error && error.name.startsWith('KafkaJS'))) throw error
})

if (values.help) process.stdout.write(USAGE)
else await run(Number(values.seed ?? 1), values.minutes ?? (values.seed === undefined ? '1' : null))

async function run(first: number, minutes: string | null): Promise<void> {
  const startMs = systemClock.monotonicMs()
  const untilMs = minutes === null ? null : startMs + Number(minutes) * 60_000
  const totals = { kills: 0, acknowledged: 0, stored: 0, registers: 0 }
  const failed: number[] = []
  let seed = first
  for (; ; seed++) {
    const outcome = await crashRound(seed, Number(values.kills), untilMs === null ? console.log : undefined)
    for (const name of ['kills', 'acknowledged', 'stored', 'registers'] as const) totals[name] += outcome[name]
    if (outcome.failure !== null) {
      failed.push(seed)
      console.log(`seed ${seed}: ${outcome.failure.stack}`)
    }
    if (untilMs === null || systemClock.monotonicMs() >= untilMs) break
  }
  const seconds = (systemClock.monotonicMs() - startMs) / 1000
  console.log(
    `${seed - first + 1} brokers, ${totals.kills} kills, ${totals.acknowledged} records acknowledged and looked for, ` +
      `${totals.stored} found, ${totals.registers} commits, topics and settings compared, ${failed.length} broken ` +
      `(${seconds.toFixed(0)} s)`,
  )
  if (failed.length > 0) console.log(`Again: npm run crash -- --seed ${failed[0]} --kills ${values.kills}`)
  process.exit(failed.length === 0 ? 0 : 1)
}
