/** What klog is measured beside in the same run. */
export const SIDES = ['apache', 'floor', 'node', 'quiet'] as const
export type Side = (typeof SIDES)[number]
export const SIDE_NAMES: Readonly<Record<Side, string>> = {
  ...{ apache: 'Kafka', floor: 'floor', node: 'node -e 0' },
  quiet: 'nothing beside',
}

/** What each did, round by round; nothing for one that is not here. */
export type Figures = { readonly klog: readonly number[] } & { readonly [side in Side]?: readonly number[] }

/** Where a figure was measured once, its spread is not known: taken for so much of it. */
const UNREPEATED_SPREAD = 0.2

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

/**
 * The rounds' own ratios: a slow moment of the machine slows both of a pair. Where they were not measured in pairs, each of klog's
 * figures to the other's median.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  const isPaired = ours.length === theirs.length
  return ours.map((value, round) => value / (isPaired ? theirs[round]! : median(theirs)))
}

/** Whether figures are worse than others by more than both scatter. */
export function isWorse(now: readonly number[], last: readonly number[], better: 'higher' | 'lower'): boolean {
  const [nowLow, nowHigh] = spread(now)
  const [lastLow, lastHigh] = spread(last)
  return better === 'higher'
    ? median(now) < lastLow && nowHigh < median(last)
    : median(now) > lastHigh && nowLow > median(last)
}

/** The least and the most, as text; empty where it was measured once. */
export function spreadText(values: readonly number[], text: (value: number) => string): string {
  const [low, high] = [text(Math.min(...values)), text(Math.max(...values))]
  return values.length < 2 || low === high ? '' : ` (${low} – ${high})`
}

function spread(values: readonly number[]): readonly [number, number] {
  if (values.length > 1) return [Math.min(...values), Math.max(...values)]
  return [values[0]! * (1 - UNREPEATED_SPREAD), values[0]! * (1 + UNREPEATED_SPREAD)]
}
