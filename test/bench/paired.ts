import { residentBytes } from '../../src/cli/local/process.js'
import type { MeasuredBroker } from './brokers.js'
import { cpuSeconds } from './cpu.js'
import { type Figures, median, SIDE_NAMES } from './figures.js'
import { megabytes } from './units.js'

const SIDES = ['klog', 'apache', 'floor'] as const
type Side = (typeof SIDES)[number]

/** What one contender did in all counted rounds; empty for one that is not here. */
export interface Series {
  readonly values: number[]
  readonly cpuSeconds: number[]
  /** Resident, after each round. */
  readonly memoryBytes: number[]
}

export type Paired = Readonly<Record<Side, Series>>

/** Who takes part in a round: brokers that live as long as the bench, and the floor, which begins anew each time. */
export interface Contenders {
  readonly klog: MeasuredBroker
  readonly apache: MeasuredBroker | null
  readonly floor: (() => Promise<MeasuredBroker>) | null
}

/** Null from a contender that this step is not for. */
type Step = (broker: MeasuredBroker, round: number) => Promise<number | null>

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
    for (const side of SIDES) {
      const broker = side === 'floor' ? ((await contenders.floor?.()) ?? null) : contenders[side]
      if (broker === null) continue
      for (const name of names) {
        const before = cpuSeconds(broker.pid)
        const value = await steps[name](broker, round)
        if (round === 0 || value === null) continue
        const series = results[name][side]
        series.values.push(value)
        series.cpuSeconds.push(cpuSeconds(broker.pid) - before)
        series.memoryBytes.push(residentBytes(broker.pid) ?? Number.NaN)
      }
      if (side === 'floor') await broker.stop()
      else await clearUp(broker, round)
    }
  }
  return results
}

/** The measured figures themselves. */
export const valuesOf = (paired: Paired): Figures => figuresOf(paired, ({ values }) => values)

/** Processor seconds of each broker for so much work in a round. */
export const cpuOf = (paired: Paired, units: number): Figures =>
  figuresOf(paired, (series) => series.cpuSeconds.map((seconds) => seconds / units))

/** What the work took of each broker, a line each. @param unit what a round's work was so many `units` of */
export function costsOf(paired: Paired, units: number, unit: 'GB' | 'thousand' | 'million'): string {
  const here = SIDES.filter((side) => paired[side].values.length > 0)
  return here
    .map((side) => {
      const { cpuSeconds, memoryBytes } = paired[side]
      const seconds = median(cpuSeconds) / units
      return `${side === 'klog' ? side : SIDE_NAMES[side]} ${seconds.toFixed(2)} s/${unit}, ${megabytes(median(memoryBytes))}`
    })
    .join('\n')
}

function figuresOf({ klog, apache, floor }: Paired, of: (series: Series) => readonly number[]): Figures {
  return { klog: of(klog), apache: of(apache), floor: of(floor) }
}

function nothingYet(): Paired {
  const series = (): Series => ({ values: [], cpuSeconds: [], memoryBytes: [] })
  return { klog: series(), apache: series(), floor: series() }
}
