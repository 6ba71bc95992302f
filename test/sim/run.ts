import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/clock.js'
import { simulate } from './simulation.js'

const USAGE = `Simulations of klog's broker, each from a seed: npm run sim -- [--brokers B] [--seeds N] [--minutes M] [--from S] | --seed S

  --brokers B   of so many brokers as one cluster, or 3-5: the seed decides; 1 if left out
  --seeds N     so many, 1000 if nothing is said
  --minutes M   as many as there is time for
  --from S      the first seed; 1 if left out
  --seed S      this one alone, told line by line
`

const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const [brokersMin, brokersMax] = values.brokers.split('-').map(Number)

if (values.help) process.stdout.write(USAGE)
else if (values.seed !== undefined) await replay(Number(values.seed))
else await runMany()

async function runMany(): Promise<void> {
  const first = Number(values.from)
  const untilMs = values.minutes === undefined ? null : systemClock.monotonicMs() + Number(values.minutes) * 60_000
  const count = values.seeds === undefined ? (untilMs === null ? 1000 : Number.POSITIVE_INFINITY) : Number(values.seeds)
  const startMs = systemClock.monotonicMs()
  let done = 0
  let acknowledged = 0
  let deaths = 0
  const failed: number[] = []
  for (let seed = first; seed < first + count; seed++) {
    if (untilMs !== null && systemClock.monotonicMs() >= untilMs) break
    const outcome = await simulate(seed, { brokers: brokersOf(seed) })
    done++
    acknowledged += outcome.acknowledged
    deaths += outcome.deaths
    if (outcome.failure === null) continue
    failed.push(seed)
    console.log(`seed ${seed}: ${outcome.failure.message}`)
  }
  const seconds = (systemClock.monotonicMs() - startMs) / 1000
  console.log(
    `${done} simulations, ${acknowledged} records acknowledged, ${deaths} deaths, ${failed.length} broken ` +
      `(${seconds.toFixed(1)} s)`,
  )
  if (failed.length === 0) return
  console.log(
    `The first of them, told: npm run sim -- ${values.brokers === '1' ? '' : `--brokers ${values.brokers} `}--seed ${failed[0]}`,
  )
  process.exitCode = 1
}

function brokersOf(seed: number): number {
  const [least, most = least] = [brokersMin!, brokersMax]
  return least + (seed % (most - least + 1))
}

async function replay(seed: number): Promise<void> {
  const { failure, trace, steps, acknowledged } = await simulate(seed, { isTraced: true, brokers: brokersOf(seed) })
  for (const line of trace) console.log(line)
  if (failure !== null) {
    console.log(failure.stack)
    process.exitCode = 1
  }
  console.log(
    `seed ${seed}: ${failure === null ? 'every promise was kept' : failure.message} (${steps} steps, ${acknowledged} records)`,
  )
}
