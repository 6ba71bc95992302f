import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dumpLogTool } from '../../../src/cli/dump-log/tool.js'
import { runInMemory, type ToolRun } from '../../support/memory-io.js'

const DATA = join(import.meta.dirname, '../../golden/log/data')
const LOG = '00000000000000000000.log'
const SEGMENT = join(DATA, 'txn-0', LOG)
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'klog-dump-'))
  copyFileSync(SEGMENT, join(directory, LOG))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function dump(...args: string[]): Promise<ToolRun> {
  return runInMemory(dumpLogTool, args, { directory })
}

test('without --deep-iteration there is a line for each batch and none for a record', async () => {
  const { out } = await dump('--files', LOG)
  expect(out).toMatch(/^baseOffset: 0 /m)
  expect(out).not.toMatch(/^\|/m)
})

test('--max-bytes shows the batches that lie whole in so many bytes, and says nothing of the rest', async () => {
  const { out } = await dump('--files', LOG, '--max-bytes', '206')
  expect(out.match(/^baseOffset/gm)).toHaveLength(2)
  expect(out).not.toContain('invalid bytes')
})

test('bytes that are no whole batch at the end are counted', async () => {
  truncateSync(join(directory, LOG), 206)
  const { out } = await dump('--files', LOG)
  expect(out).toContain(`Found 1 invalid bytes at the end of ${LOG}\n`)
})

test('a batch that cannot be is said to be where it is, after what is sound, and ends the tool with 1', async () => {
  const bytes = readFileSync(SEGMENT)
  const second = 12 + bytes.readInt32BE(8)
  bytes[second + 16] = 9
  writeFileSync(join(directory, LOG), bytes)
  const run = await dump('--files', LOG)
  expect(run.out.match(/^baseOffset/gm)).toHaveLength(1)
  expect(run.err).toContain(`klog: ${LOG} is damaged from byte ${second} on`)
  expect(run.exit).toBe(1)
})

test('gaps between offsets are told on stderr after everything else, and are no failure', async () => {
  const name = '00000000000000000029.log'
  copyFileSync(join(DATA, 'compacted-0', name), join(directory, name))
  const run = await dump('--files', name, '--deep-iteration')
  expect(run.err).toContain(`Non-consecutive offsets in ${join(directory, name)}\n  -1 is followed by 35\n`)
  expect(run.exit).toBe(0)
})

test('an index that leads to another batch is told on stderr, and is no failure', async () => {
  const index = Buffer.alloc(8)
  index.writeInt32BE(3, 0)
  writeFileSync(join(directory, LOG.replace('.log', '.index')), index)
  const run = await dump('--files', LOG.replace('.log', '.index'))
  expect(run.err).toBe(
    `Mismatches in :${join(directory, LOG.replace('.log', '.index'))}\n  Index offset: 3, log offset: 2\n`,
  )
  expect(run.exit).toBe(0)
})

test('an index that is no whole number of entries fails the sanity check', async () => {
  const path = join(directory, LOG.replace('.log', '.index'))
  writeFileSync(path, Buffer.alloc(9))
  const run = await dump('--files', path, '--index-sanity-check')
  expect(run.err).toContain('found 9 bytes which is neither positive nor a multiple of 8')
  expect(run.exit).toBe(1)
})

test('a snapshot whose checksum is wrong is told of on stderr', async () => {
  const name = '00000000000000000024.snapshot'
  const bytes = readFileSync(join(DATA, 'txn-0', name))
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(join(directory, name), bytes)
  expect((await dump('--files', name)).err).toContain('Snapshot is corrupt (CRC is no longer valid). Stored crc: ')
})

test('a file that does not exist, and a decoder that klog does not have, end the tool with 1', async () => {
  expect((await dump('--files', '00000000000000000007.log')).exit).toBe(1)
  expect((await dump('--files', LOG, '--value-decoder-class', 'com.example.Mine')).err).toContain('com.example.Mine')
})
