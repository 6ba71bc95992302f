import type { MeasuredBroker } from './brokers.js'
import { cpuSeconds } from './cpu.js'
import { median } from './table.js'

/** What one contender did in all counted rounds; empty for one that is not here. */
export interface Series {
  readonly values: number[]
  readonly cpuSeconds: number[]
}

export interface Paired {
  readonly klog: Series
  readonly apache: Series
  readonly floor: Series
}

/** Who takes part in a round: brokers that live as long as the bench, and the floor, which begins anew each time. */
export interface Contenders {
  readonly klog: MeasuredBroker
  readonly apache: MeasuredBroker | null
  readonly floor: (() => Promise<MeasuredBroker>) | null
}

type Step = (broker: MeasuredBroker, round: number) => Promise<number>

/**
 * Measures all contenders in turn, round by round, so that what the machine does meanwhile meets them all alike; in each round the
 * steps in their order, and clearing up, which is not measured. The first round warms them up and is not counted.
 */
export async function paired<Name extends string>(
  contenders: Contenders,
  rounds: number,
  steps: Readonly<Record<Name, Step>>,
  clearUp: (broker: MeasuredBroker, round: number) => Promise<void>,
): Promise<Record<Name, Paired>> {
  const names = Object.keys(steps) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, nothingYet()])) as Record<Name, Paired>
  for (let round = 0; round <= rounds; round++) {
    for (const side of ['klog', 'apache', 'floor'] as const) {
      const broker = side === 'floor' ? ((await contenders.floor?.()) ?? null) : contenders[side]
      if (broker === null) continue
      for (const name of names) {
        const before = cpuSeconds(broker.pid)
        const value = await steps[name](broker, round)
        if (round === 0) continue
        results[name][side].values.push(value)
        results[name][side].cpuSeconds.push(cpuSeconds(broker.pid) - before)
      }
      if (side === 'floor') await broker.stop()
      else await clearUp(broker, round)
    }
  }
  return results
}

/** The median of the rounds' own ratios: a slow moment of the machine slows both of a pair. Null where the other was not there. */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): number | null {
  return theirs.length === 0 ? null : median(ours.map((value, round) => value / theirs[round]!))
}

function nothingYet(): Paired {
  const series = (): Series => ({ values: [], cpuSeconds: [] })
  return { klog: series(), apache: series(), floor: series() }
}
