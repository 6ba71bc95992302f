import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GoldenFile, Step } from './golden-file.js'
import type { Uncompared } from './golden-replay.js'

/** Where the transcripts lie. */
export const GOLDEN = join(import.meta.dirname, '../golden')

/** Who takes the steps, and against whose broker. */
export interface Sides {
  readonly tools: 'klog' | 'kafka'
  readonly broker: 'klog' | 'kafka'
}

/** What is known to differ, and why: a line of `exceptions.json`. */
interface Exception {
  /** `topics/create`, or `topics/*`. */
  readonly scenario: string
  /** The step's first line, or how it begins followed by `*`. */
  readonly step: string
  /** `lines ` and a pattern: those lines of stdout. */
  readonly uncompared: 'all' | 'stdout' | 'stderr' | `lines ${string}`
  /** Run in place of the step's command, where that asks for more than there is. */
  readonly instead?: string
  /** Of the steps that look so, only the first (1), the second …; all if left out. */
  readonly occurrence?: number
  /** Only with these tools; with both if left out. */
  readonly tools?: Sides['tools']
  /** Only against this broker; against both if left out. */
  readonly broker?: Sides['broker']
  readonly reason: string
}

/** The exceptions of one transcript. */
export class Exceptions {
  readonly #golden: GoldenFile
  readonly #all: readonly Exception[]

  constructor(golden: GoldenFile, sides: Sides) {
    this.#golden = golden
    this.#all = read(sides).filter(({ scenario }) => isLike(golden.scenario, scenario))
  }

  /** What of the step at `index` is not compared. */
  of(index: number): Uncompared {
    const mine = this.#all.filter((exception) => isMeant(exception, this.#golden.steps, index))
    return new Set(mine.map((exception) => exception.uncompared))
  }

  /** The step at `index` as it is to be taken. */
  step(index: number): Step {
    const step = this.#golden.steps[index]!
    const { instead } = this.#all.find((one) => one.instead && isMeant(one, this.#golden.steps, index)) ?? {}
    return step.kind === 'run' && instead !== undefined ? { ...step, command: instead } : step
  }

  /** Those that no step of the transcript is meant by. */
  idle(): readonly Exception[] {
    const { steps } = this.#golden
    const idle = this.#all.filter((exception) => !steps.some((step) => isLike(step.title, exception.step)))
    return idle.filter(({ scenario }) => !scenario.endsWith('*'))
  }
}

function read(sides: Sides): Exception[] {
  const all = JSON.parse(readFileSync(join(GOLDEN, 'exceptions.json'), 'utf8')) as Exception[]
  return all.filter(
    ({ broker = sides.broker, tools = sides.tools }) => broker === sides.broker && tools === sides.tools,
  )
}

/** Whether `exception` is about the step at `index`. */
function isMeant({ step, occurrence }: Exception, steps: readonly Step[], index: number): boolean {
  if (!isLike(steps[index]!.title, step)) return false
  const alike = steps.slice(0, index + 1).filter(({ title }) => isLike(title, step))
  return occurrence === undefined || alike.length === occurrence
}

function isLike(text: string, pattern: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern
}
