import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StartBroker, startKafka, startKlog } from './golden-brokers.js'
import { Exceptions, GOLDEN, type Sides } from './golden-exceptions.js'
import { readGoldenFile } from './golden-file.js'
import { Replay } from './golden-replay.js'

const STEP_MS_MAX = 60_000

/** Replays every transcript of one of Kafka's tools; `KLOG_COMPAT_KAFKA` names a launcher to do so against Apache Kafka. */
export function replayGolden(tool: string): void {
  const launcher = process.env.KLOG_COMPAT_KAFKA
  const start = launcher === undefined ? startKlog : startKafka(launcher)
  const sides: Sides = { tools: 'klog', broker: launcher === undefined ? 'klog' : 'kafka' }
  for (const name of readdirSync(join(GOLDEN, tool)).filter((file) => file.endsWith('.txt'))) {
    replayFile(join(GOLDEN, tool, name), start, sides)
  }
}

function replayFile(path: string, start: StartBroker, sides: Sides): void {
  const golden = readGoldenFile(path)
  const exceptions = new Exceptions(golden, sides)
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
      const title = `${i + 1} ${step.title.slice(0, 160)}`
      test(title, { timeout: STEP_MS_MAX }, () => replay.step(exceptions.step(i), exceptions.of(i)))
    }
    test('knows every step that is listed as an exception', () => {
      expect(exceptions.idle()).toEqual([])
    })
  })
}
