import { type Paired, pairedRatio } from './paired.js'
import { median, type Row } from './table.js'

export interface Comparison {
  readonly what: string
  readonly unit: (value: number) => string
  readonly better: 'higher' | 'lower'
  /** Bounds of the ratios of klog's figure to the other's. */
  readonly goals?: { readonly apache?: number; readonly floor?: number }
}

/** One row of a figure that klog, Apache Kafka and the floor each have. */
export function comparedRow({ what, unit, better, goals = {} }: Comparison, figures: Values): Row {
  const others = (['apache', 'floor'] as const).map((name) => ({
    label: name === 'apache' ? 'Kafka' : 'floor',
    values: figures[name],
    ratio: pairedRatio(figures.klog, figures[name]),
    goal: goals[name],
  }))
  const here = others.filter(({ ratio }) => ratio !== null)
  const aimed = here.filter(({ goal }) => goal !== undefined)
  const sign = better === 'higher' ? '≥' : '≤'
  return {
    what,
    klog: unit(median(figures.klog)),
    against:
      here.map(({ label, values }) => `${label} ${unit(median(values))}`).join('\n') || 'nothing to compare with here',
    ratio: here.map(({ ratio }) => ratio!.toFixed(2)).join('\n'),
    goal: here.map(({ goal }) => (goal === undefined ? '' : `${sign} ${goal}`)).join('\n'),
    met:
      aimed.length === 0
        ? null
        : aimed.every(({ ratio, goal }) => (better === 'higher' ? ratio! >= goal! : ratio! <= goal!)),
  }
}

export interface Values {
  readonly klog: readonly number[]
  readonly apache: readonly number[]
  readonly floor: readonly number[]
}

/** The measured figures themselves. */
export const valuesOf = ({ klog, apache, floor }: Paired): Values => ({
  klog: klog.values,
  apache: apache.values,
  floor: floor.values,
})

/** Processor seconds of each broker for so much work in a round. */
export const cpuOf = ({ klog, apache, floor }: Paired, units: number): Values => ({
  klog: klog.cpuSeconds.map((seconds) => seconds / units),
  apache: apache.cpuSeconds.map((seconds) => seconds / units),
  floor: floor.cpuSeconds.map((seconds) => seconds / units),
})
