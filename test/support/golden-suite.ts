import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StartBroker, startKafka, startKlog } from './golden-brokers.js'
import { readGoldenFile, type Step } from './golden-file.js'
import { Replay, type Uncompared } from './golden-replay.js'

const GOLDEN = join(import.meta.dirname, '../golden')
const STEP_MS_MAX = 60_000

interface Exception {
  /** `topics/create`, or `topics/*`. */
  readonly scenario: string
  /** The step's first line, or how it begins followed by `*`. */
  readonly step: string
  /** `lines ` and a pattern: those lines of stdout. */
  readonly uncompared: 'all' | 'stdout' | 'stderr' | `lines ${string}`
  /** Of the steps that look so, only the first (1), the second …; all if left out. */
  readonly occurrence?: number
  /** Only against this broker; against both if left out. */
  readonly broker?: 'klog' | 'kafka'
  readonly reason: string
}

/** Replays every transcript of one of Kafka's tools; `KLOG_COMPAT_KAFKA` names a launcher to do so against Apache Kafka. */
export function replayGolden(tool: string): void {
  const launcher = process.env.KLOG_COMPAT_KAFKA
  const start = launcher === undefined ? startKlog : startKafka(launcher)
  const exceptions = readExceptions(launcher === undefined ? 'klog' : 'kafka')
  for (const name of readdirSync(join(GOLDEN, tool)).filter((file) => file.endsWith('.txt'))) {
    replayFile(join(GOLDEN, tool, name), start, exceptions)
  }
}

function replayFile(path: string, start: StartBroker, exceptions: readonly Exception[]): void {
  const golden = readGoldenFile(path)
  const ofFile = exceptions.filter(({ scenario }) => isLike(golden.scenario, scenario))
  describe(golden.scenario, () => {
    let replay: Replay
    let end = async (): Promise<void> => {}
    beforeAll(async () => {
      const broker = golden.nodes === 0 ? null : await start(golden.settings, golden.nodes)
      replay = new Replay(broker)
      end = async () => {
        await replay.close()
        await broker?.close()
      }
    }, STEP_MS_MAX)
    afterAll(() => end())

    for (const [i, step] of golden.steps.entries()) {
      const mine = ofFile.filter((exception) => isMeant(exception, golden.steps, i))
      const uncompared: Uncompared = new Set(mine.map((exception) => exception.uncompared))
      test(`${i + 1} ${step.title.slice(0, 160)}`, { timeout: STEP_MS_MAX }, () => replay.step(step, uncompared))
    }
    test('knows every step that is listed as an exception', () => {
      const idle = ofFile.filter((exception) => !golden.steps.some((step) => isLike(step.title, exception.step)))
      expect(idle.filter(({ scenario }) => !scenario.endsWith('*'))).toEqual([])
    })
  })
}

/** Whether `exception` is about the step at `index`. */
function isMeant({ step, occurrence }: Exception, steps: readonly Step[], index: number): boolean {
  if (!isLike(steps[index]!.title, step)) return false
  const alike = steps.slice(0, index + 1).filter(({ title }) => isLike(title, step))
  return occurrence === undefined || alike.length === occurrence
}

function readExceptions(broker: 'klog' | 'kafka'): Exception[] {
  const all = JSON.parse(readFileSync(join(GOLDEN, 'exceptions.json'), 'utf8')) as Exception[]
  return all.filter((exception) => exception.broker === undefined || exception.broker === broker)
}

function isLike(text: string, pattern: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern
}
