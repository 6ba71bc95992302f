import { afterAll, beforeAll, expect, test } from 'vitest'
import { tools } from '../../src/cli/tools.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { runInMemory, type ToolRun } from '../support/memory-io.js'
import { seededRandom } from '../support/seeded-random.js'

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const RECORDS = 100_000
const PARTITIONS = 3
const FIRST_MS = 1_700_000_000_000

let broker: TestBroker
beforeAll(async () => {
  broker = await startBroker({ settings: { 'num.partitions': PARTITIONS } })
})
afterAll(() => broker.close())

async function run(name: string, args: readonly string[], stdin = ''): Promise<ToolRun> {
  const tool = await tools[name]!()
  return await runInMemory(tool, [...args, '--bootstrap-server', broker.bootstrapServers], { stdin })
}

test('100,000 records of every codec, with headers, nulls, tombstones and binary, come back as they were', async () => {
  const random = seededRandom(7)
  const lines = Array.from({ length: RECORDS }, (_, i) => JSON.stringify(someRecord(i, (n) => random.int(n))))
  const share = RECORDS / CODECS.length
  for (const [i, codec] of CODECS.entries()) {
    const part = lines.slice(i * share, (i + 1) * share)
    await produce('first', part, codec)
  }
  const first = await consume('first')
  await produce('second', first, 'zstd')
  const second = await consume('second')
  expect(second.length).toBe(RECORDS)
  expect(inPartitions(second, 'second')).toEqual(inPartitions(first, 'first'))
  expect(first.map(withoutPlace).sort()).toEqual(lines.map(withoutPlace).sort())
}, 120_000)

async function produce(topic: string, lines: readonly string[], codec: string): Promise<void> {
  const args = ['--topic', topic, '--input', 'json', '--compression-codec', codec, '--timeout', '5']
  const result = await run('console-producer', args, `${lines.join('\n')}\n`)
  expect(result.exit).toBe(0)
  expect(result.err.replace(/.*(?:UNKNOWN_TOPIC|LEADER_NOT_AVAILABLE).*\n/g, '')).toBe('')
}

async function consume(topic: string): Promise<string[]> {
  const args = ['--topic', topic, '--from-beginning', '--max-messages', String(RECORDS), '--output', 'json']
  const { exit, out } = await run('console-consumer', args)
  expect(exit).toBe(0)
  return out.split('\n').slice(0, -1)
}

/** The lines of each partition in their order, without the topic's name. */
function inPartitions(lines: readonly string[], topic: string): string[][] {
  const partitions: string[][] = Array.from({ length: PARTITIONS }, () => [])
  for (const line of lines) {
    const { partition } = JSON.parse(line) as { partition: number }
    partitions[partition]!.push(line.replace(`"topic":"${topic}",`, ''))
  }
  return partitions
}

function withoutPlace(line: string): string {
  const { key, value, headers, timestamp } = JSON.parse(line)
  return JSON.stringify({ key, value, headers, timestamp })
}

function someRecord(i: number, chance: (bound: number) => number) {
  const bytes = (): unknown => {
    const kind = chance(8)
    if (kind === 0) return null
    if (kind === 1) return { base64: Buffer.from([0xff, i & 0xff, chance(256)]).toString('base64') }
    return kind === 2 ? '' : `${i} "tëxt"\n\u2028\ufeff😀`
  }
  const headers = Array.from({ length: chance(4) }, (_, n) => ({ key: `h${n % 2}`, value: bytes() }))
  return { key: bytes(), value: bytes(), headers, timestamp: FIRST_MS + i }
}
