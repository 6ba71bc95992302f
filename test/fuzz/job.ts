import { systemClock } from '../../src/base/clock.js'
import { fuzzClusterRound } from './cluster-fuzz.js'
import { type Fuzzed, fuzzRound, nothingFuzzed } from './fuzz.js'

const CLUSTER_FRAMES = 1000

/** Which seeds a process takes: from the first one on, each so many after the one before. */
export interface Job {
  readonly first: number
  readonly step: number
  /** On this process's own clock; only the first seed where null. */
  readonly forMs: number | null
  /** Against the controllers of a cluster, instead of a broker by itself. */
  readonly isOfCluster: boolean
  /** Ends sooner when so many frames have been sent; as long as there is time where null. */
  readonly framesMax: number | null
}

export type JobTold =
  | { readonly type: 'begins'; readonly seed: number }
  | { readonly type: 'ends'; readonly fuzzed: Fuzzed; readonly seeds: number }

process.once('message', async (job: Job) => {
  const fuzzed = nothingFuzzed()
  let seed = job.first
  const uncaught = (error: unknown): void => {
    fuzzed.failures.push(`seed ${seed}: nobody catches ${error instanceof Error ? error.stack : String(error)}`)
  }
  process.on('uncaughtException', uncaught)
  process.on('unhandledRejection', uncaught)
  const untilMs = systemClock.monotonicMs() + (job.forMs ?? 0)
  let seeds = 0
  for (; ; seed += job.step) {
    tell({ type: 'begins', seed })
    await (job.isOfCluster ? fuzzClusterRound(seed, CLUSTER_FRAMES, fuzzed) : fuzzRound(seed, fuzzed))
    seeds++
    if (systemClock.monotonicMs() >= untilMs || fuzzed.frames >= (job.framesMax ?? Number.POSITIVE_INFINITY)) break
  }
  process.send!({ type: 'ends', fuzzed, seeds } satisfies JobTold, () => process.exit())
})

function tell(told: JobTold): void {
  process.send!(told)
}
