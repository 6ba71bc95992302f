import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { foreignTool } from '../support/foreign-tool.js'
import { startKlog } from '../support/golden-brokers.js'
import { Exceptions, GOLDEN } from '../support/golden-exceptions.js'
import { type GoldenFile, readGoldenFile, type Step } from '../support/golden-file.js'
import { Replay } from '../support/golden-replay.js'
import { kafkaTool } from './places.js'

const SCENARIO_MS_MAX = 600_000
/** Made by the tests of klog's own tools, in other forms. */
const NO_TRANSCRIPTS = ['groups', 'transaction-state']
const directory = mkdtempSync(join(tmpdir(), 'klog-java-tools-'))
const archive = join(directory, 'tools.jsa')

const transcripts: readonly GoldenFile[] = readdirSync(GOLDEN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !NO_TRANSCRIPTS.includes(entry.name))
  .flatMap(({ name }) => readdirSync(join(GOLDEN, name)).map((file) => join(GOLDEN, name, file)))
  .filter((path) => path.endsWith('.txt'))
  .map(readGoldenFile)
  // What has no broker says nothing about ours.
  .filter(({ nodes }) => nodes > 0)

beforeAll(async () => {
  const broker = await startKlog([], 1)
  await promisify(execFile)(kafkaTool, ['archive', broker.bootstrap, archive])
  await broker.close()
}, SCENARIO_MS_MAX)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe.concurrent("Apache Kafka's own tools print of klog's broker what they printed of Apache Kafka", () => {
  for (const golden of transcripts) {
    test(golden.scenario, { timeout: SCENARIO_MS_MAX }, async () => {
      const differences = await replay(golden)
      // Told at once: all of them together take minutes.
      if (differences.length > 0) console.log([golden.scenario, ...differences].join('\n'))
      expect(differences).toEqual([])
    })
  }
})

/** What was different, step by step. */
async function replay(golden: GoldenFile): Promise<readonly string[]> {
  const exceptions = new Exceptions(golden, { tools: 'kafka', broker: 'klog' })
  const broker = await startKlog(golden.settings, golden.nodes)
  const env = { KAFKA_TOOLS_ARCHIVE: archive }
  const steps = new Replay(broker, (program) => foreignTool(kafkaTool, program, env))
  const differences = exceptions.idle().map(({ step }) => `an exception that no step is meant by: ${step}`)
  for (const [i, step] of golden.steps.entries()) {
    if (isAboutNobody(step)) continue
    await steps.step(exceptions.step(i), exceptions.of(i)).catch((error: Error) => {
      differences.push(`${i + 1} ${step.title}\n${textOf(error)}`)
    })
  }
  await steps.close()
  await broker.close()
  return differences
}

/** Where nobody listens a tool waits for a minute, and no broker of ours has any part in it. */
function isAboutNobody(step: Step): boolean {
  return step.kind === 'run' && step.command.includes(' 127.0.0.1:1 ')
}

/** The recorded outcome beside ours: vitest shows them for one error of a test only. */
function textOf(error: Error & { readonly actual?: unknown; readonly expected?: unknown }): string {
  const { actual, expected } = error
  if (expected === undefined) return error.message
  const lines = (value: unknown): string[] => JSON.stringify(value, null, 1).replaceAll('\\n', '\n').split('\n')
  const [ours, recorded] = [lines(actual), lines(expected)]
  return [
    ...recorded.filter((line) => !ours.includes(line)).map((line) => `  recorded: ${line}`),
    ...ours.filter((line) => !recorded.includes(line)).map((line) => `  ours:     ${line}`),
  ].join('\n')
}
