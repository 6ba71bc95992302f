import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Random } from '../../src/base/random.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { type Bench, bench, openLog } from '../storage/a-log.js'
import { end, put, recordsOf } from '../storage/a-table.js'
import { compactNow } from '../storage/compact-now.js'
import { seededRandom } from '../support/seeded-random.js'
import { kafkaTool } from './places.js'

const run = promisify(execFile)
const SEEDS = [1, 2, 3, 4]
const STEPS = 400
const HOUR_MS = 3_600_000
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** What Apache Kafka's dump prints of files that do not fit together. */
const COMPLAINTS = /Found|Mismatch|mismatch|not found|out of order|isvalid: false|[Cc]orrupt|Exception|Could not/

/**
 * A batch that has lost all its records keeps its time, and the time index goes by it, with Apache Kafka as with klog; the dump
 * looks for it in the records.
 */
const OF_EMPTY_BATCHES = /^Found timestamp mismatch in .*\n(?: +Index timestamp: \d+, log timestamp: -1\n?)+/gm

describe("Apache Kafka's dump-log accepts every file that the cleaner has written", () => {
  test.each(SEEDS)('and finds the same records in them (seed %i)', async (seed) => {
    const { on, log } = await lived(seededRandom(seed))
    const expected = recordsOf(log)
    log.close()
    const directory = written(on, log.directory)
    try {
      const files = readdirSync(directory).filter((name) => /\.(log|index|timeindex|txnindex|snapshot)$/.test(name))
      const printed = await dumped(directory, files)
      expect(
        printed
          .replace(OF_EMPTY_BATCHES, '')
          .split('\n')
          .filter((line) => COMPLAINTS.test(line)),
      ).toEqual([])
      expect(recordsIn(printed)).toEqual(expected)
      const indexes = files.filter((name) => name.endsWith('.index'))
      const checked = await dumped(directory, indexes, '--index-sanity-check')
      expect(checked.match(/passed sanity check|is empty/g)).toHaveLength(indexes.length)
    } finally {
      rmSync(dirname(directory), { recursive: true })
    }
  })
})

/** A log with a life behind it: transactions, tombstones, every codec, segments of all sizes, many passes of the cleaner. */
async function lived(random: Random): Promise<{ on: Bench; log: PartitionLog }> {
  const on = bench()
  const log = openLog(on, {
    cleanupPolicy: new Set(['compact']),
    ...{ minCleanableDirtyRatio: 0, segmentBytes: 900, indexIntervalBytes: 150, deleteRetentionMs: 5 * HOUR_MS },
    fileDeleteDelayMs: 0,
  })
  const sequences = new Map<bigint, number>()
  const open = new Set<bigint>()
  let passes = 0
  for (let step = 0; step < STEPS; step++) {
    const choice = random.int(100)
    const producerId = BigInt(10 + random.int(4))
    const pairs = Array.from({ length: 1 + random.int(5) }, () => pairOf(random, step))
    const compression = CODECS[random.int(CODECS.length)]!
    const times = { timestamp: on.clock.now(), compression }
    if (choice < 40) put(log, pairs, times)
    else if (choice < 65) {
      const baseSequence = sequences.get(producerId) ?? 0
      sequences.set(producerId, baseSequence + pairs.length)
      open.add(producerId)
      put(log, pairs, { ...times, producerId, producerEpoch: 0, baseSequence, isTransactional: true })
    } else if (choice < 80) {
      if (open.delete(producerId))
        end(log, random.int(3) === 0 ? 'ABORT' : 'COMMIT', { producerId, timestamp: on.clock.now() })
    } else if (choice < 85) log.roll()
    else if (choice < 92) on.clock.advance(random.int(3 * HOUR_MS))
    else if ((await compactNow(log, on.clock.now())) !== null) passes++
  }
  for (const producerId of open) end(log, 'COMMIT', { producerId, timestamp: on.clock.now() })
  log.roll()
  await compactNow(log, on.clock.now())
  expect(passes).toBeGreaterThan(5)
  return { on, log }
}

function pairOf(random: Random, step: number): string {
  const key = `k${random.int(30)}`
  return random.int(6) === 0 ? key : `${key}=v${step}-${'x'.repeat(random.int(40))}`
}

/** The files of a directory of the memory disk, on a real one. */
function written(on: Bench, directory: string): string {
  const target = join(mkdtempSync(join(tmpdir(), 'klog-cleaned-')), basename(directory))
  mkdirSync(target)
  for (const [path, bytes] of on.disk.contents())
    if (path.startsWith(`${directory}/`)) writeFileSync(join(target, basename(path)), bytes)
  return target
}

async function dumped(directory: string, files: readonly string[], ...options: string[]): Promise<string> {
  const paths = files.map((name) => join(directory, name)).join(',')
  const deep = options.length === 0 ? ['--deep-iteration', '--print-data-log'] : options
  const { stdout, stderr } = await run(kafkaTool, ['dump-log', '--files', paths, ...deep], {
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout + stderr
}

/** Those that are no markers, as `offset:key=value`, in the order of their offsets. */
function recordsIn(printed: string): string[] {
  const found: { offset: number; text: string }[] = []
  for (const line of printed.split('\n')) {
    const match = /^\| offset: (\d+) .* headerKeys: \[.*?\] key: (\S*?)(?: payload: (.*))?$/.exec(line)
    if (match === null || line.includes('endTxnMarker')) continue
    const [, offset, key, value] = match
    found.push({ offset: Number(offset), text: `${offset}:${key}${value === undefined ? '' : `=${value}`}` })
  }
  return found.sort((a, b) => a.offset - b.offset).map(({ text }) => text)
}
