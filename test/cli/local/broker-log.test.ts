import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BrokerLog } from '../../../src/cli/local/broker-log.js'
import { ManualClock } from '../../support/manual-clock.js'

let directory: string
let path: string
let fd: number
let freeBytes: number
let log: BrokerLog

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'klog-log-'))
  path = join(directory, 'broker.log')
  fd = openSync(path, 'a')
  freeBytes = Number.POSITIVE_INFINITY
  log = new BrokerLog({ clock: new ManualClock(), fd, append })
})
afterEach(() => {
  closeSync(fd)
  rmSync(directory, { recursive: true })
})

/** What a disk does that becomes full: as much as fits, and an error from then on. */
function append(bytes: Buffer, from: number): number {
  const length = Math.min(freeBytes, bytes.length - from)
  if (length === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  freeBytes -= length
  return writeSync(fd, bytes, from, length)
}

const lines = (file = path): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1)

test('on a full disk lines are lost and nobody else is concerned; how many is told as soon as there is room', () => {
  log.write('one\n')
  freeBytes = 2
  for (const line of ['two\n', 'three\n', 'four\n']) log.write(line)
  freeBytes = Number.POSITIVE_INFINITY
  log.write('five\n')
  log.write('six\n')
  expect(lines()).toEqual([
    'one',
    'tw',
    expect.stringMatching(/^\[.*\] WARN 3 lines could not be written here \(klog\)$/),
    'five',
    'six',
  ])
})

test('a line that was cut by a full disk does not take the next one along', () => {
  freeBytes = 2
  log.write('one\n')
  freeBytes = 10
  log.write('two\n')
  freeBytes = Number.POSITIVE_INFINITY
  log.write('three\n')
  expect(lines().map((line) => line.replace(/^\[.*\] (?=WARN)/, ''))).toEqual([
    'on',
    expect.any(String),
    'WARN 2 lines could not be written here (klog)',
    'three',
  ])
})

test('the file is kept below its bound: what was there is kept beside it once, and whoever has it open goes on in it', () => {
  log.keep(path, 1000)
  const written = Array.from({ length: 1000 }, (_, number) => `line ${String(number).padStart(4, '0')}`)
  for (const line of written) log.write(`${line}\n`)
  const kept = [...lines(`${path}.1`), ...lines()]
  expect(kept).toEqual(written.slice(-kept.length))
  expect(kept.length).toBeGreaterThanOrEqual(100)
  expect(readFileSync(path).length).toBeLessThan(1000)
  expect(readFileSync(`${path}.1`).length).toBe(1000)
  expect(existsSync(`${path}.${process.pid}`)).toBe(false)
})
