import { type Figures, median, ratios, SIDE_NAMES, SIDES, type Side, spreadText } from './figures.js'

/** One measured thing: what it took, beside what it is measured against in the same run. */
export interface Row {
  readonly what: string
  readonly klog: string
  /** One for each that it is measured against; one for klog's own figure where that has a goal, or is all there is. */
  readonly lines: readonly Line[]
  /** Processor time and memory of the brokers meanwhile. */
  readonly costs: string
  /** Why a goal is not reached: shown where it is not. */
  readonly inTheWay: string | null
}

export interface Line {
  readonly side: Side | 'klog'
  /** What the other did. */
  readonly against: string
  /** Ratios of klog's figures to the other's, round by round; klog's own figures where it is measured alone. */
  readonly values: readonly number[]
  readonly better: 'higher' | 'lower'
  readonly text: string
  readonly goal: string
  /** Null where no goal was set. */
  readonly met: boolean | null
}

export interface Measurement {
  readonly what: string
  readonly unit: (value: number) => string
  readonly better: 'higher' | 'lower'
  /** Of klog's own figure, and of its ratios to the others'. */
  readonly goals?: { readonly [side in Side | 'klog']?: number }
  readonly costs?: string
  /** Shown beside figures of klog's that are measured against nothing. */
  readonly note?: string
  readonly inTheWay?: string
}

export function rowOf(measurement: Measurement, figures: Figures): Row {
  const { what, unit, goals = {}, costs = '', inTheWay = null } = measurement
  const others = SIDES.filter((side) => (figures[side]?.length ?? 0) > 0)
  const lines = others.map((side) => comparedLine(measurement, figures, side))
  const isAlone = others.length === 0
  const ownText = unit(median(figures.klog))
  if (isAlone || goals.klog !== undefined) lines.push(ownLine(measurement, figures))
  return { what, klog: isAlone ? ownText + spreadText(figures.klog, unit) : ownText, lines, costs, inTheWay }
}

/** Null where no goal was set. */
export function isMet({ lines }: Row): boolean | null {
  const aimed = lines.filter(({ met }) => met !== null)
  return aimed.length === 0 ? null : aimed.every(({ met }) => met)
}

function comparedLine({ unit, better, goals }: Measurement, figures: Figures, side: Side): Line {
  const values = ratios(figures.klog, figures[side]!)
  const text = (ratio: number): string => ratio.toFixed(ratio < 0.1 ? 3 : 2)
  return {
    ...{ side, values, better, against: `${SIDE_NAMES[side]} ${unit(median(figures[side]!))}` },
    text: text(median(values)) + spreadText(values, text),
    ...aim(better, median(values), goals?.[side], String),
  }
}

function ownLine({ unit, better, goals, note = '' }: Measurement, { klog }: Figures): Line {
  return {
    ...{ side: 'klog', values: klog, better, against: note, text: '' },
    ...aim(better, median(klog), goals?.klog, unit),
  }
}

function aim(
  better: 'higher' | 'lower',
  value: number,
  goal: number | undefined,
  text: (value: number) => string,
): Pick<Line, 'goal' | 'met'> {
  if (goal === undefined) return { goal: '', met: null }
  return better === 'higher'
    ? { goal: `≥ ${text(goal)}`, met: value >= goal }
    : { goal: `≤ ${text(goal)}`, met: value <= goal }
}
