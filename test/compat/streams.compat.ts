import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFailed, onTestFinished, test } from 'vitest'
import { type BrokerProcess, startBroker } from './broker-process.js'
import { fill } from './input.js'
import { java } from './java.js'
import { type Outcome, outcomeOf } from './outcome.js'
import { Program } from './program.js'

const LINES = 2000
const PARTITIONS = 3
const KILLS = 20
const LINES_BETWEEN_KILLS = 80

const directory = mkdtempSync(join(tmpdir(), 'klog-streams-'))
let broker: BrokerProcess

beforeAll(async () => {
  broker = await startBroker(directory, {
    'offsets.topic.num.partitions': '5',
    'transaction.state.log.num.partitions': '5',
  })
})

afterAll(async () => {
  await broker?.end('SIGTERM')
  rmSync(directory, { recursive: true })
})

test('Kafka Streams and its broker, each killed ten times, count every word exactly once', async () => {
  const text = lines()
  await fill(broker.bootstrap, 'lines', text, PARTITIONS)
  await fill(broker.bootstrap, 'counts', [], PARTITIONS)
  const state = join(directory, 'state')
  const program = new Program(java('WordCount', broker.bootstrap, 'lines', 'counts', 'word-count', state))
  onTestFailed(() => console.error(program.complaints))
  onTestFinished(() => program.end('SIGKILL'))
  for (let kill = 0; kill < KILLS; kill++) {
    await program.says('line', LINES_BETWEEN_KILLS)
    await (kill % 2 === 0 ? program : broker).crashAndRestart()
  }
  const outcome = await outcomeWith(words(text).length)
  expect(countsOf(outcome.committed)).toEqual(expectedCounts(words(text)))
})

/** A text of many common words: the license, again and again. */
function lines(): string[] {
  const license = readFileSync(join(import.meta.dirname, '../../LICENSE'), 'utf8')
  const all = license.split('\n').filter((line) => line.trim() !== '')
  return Array.from({ length: LINES }, (_, at) => all[at % all.length]!)
}

function words(text: readonly string[]): string[] {
  return text.flatMap((line) => line.toLowerCase().split(/\W+/)).filter((word) => word !== '')
}

/** Looks again until there are that many counts, and every line is done with. */
async function outcomeWith(records: number): Promise<Outcome> {
  for (;;) {
    const outcome = await outcomeOf(broker.bootstrap, 'lines', 'counts', 'word-count')
    const isDone = outcome.offsets.every(({ committed, end }) => committed === end)
    if (isDone && outcome.committed.length >= records) return outcome
  }
}

function countsOf(rows: Outcome['committed']): Record<string, string[]> {
  const counts: Record<string, string[]> = {}
  for (const { key, value } of rows) counts[key] = [...(counts[key] ?? []), value]
  return counts
}

/** Every word with the counts that were written for it, one after the other: 1 to how often it is there. */
function expectedCounts(all: readonly string[]): Record<string, string[]> {
  const counts: Record<string, string[]> = {}
  for (const word of all) counts[word] = [...(counts[word] ?? []), String((counts[word]?.length ?? 0) + 1)]
  return counts
}
