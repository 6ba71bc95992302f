import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KlogHome } from '../support/klog-home.js'
import { freePortRow } from '../support/port-row.js'

let home: KlogHome
let port: number

beforeEach(async () => {
  port = await freePortRow(10)
  home = await KlogHome.make({ listeners: `PLAINTEXT://localhost:${port}` })
})
afterEach(() => home.dispose())

async function ok(args: readonly string[], KLOG_HOME = home.directory): Promise<string> {
  const { exitCode, stdout, stderr } = await home.klog(args, { env: { KLOG_HOME } })
  expect([exitCode, stderr]).toEqual([0, ''])
  return `${stdout}`
}

async function refused(args: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await home.klog(args)
  expect(exitCode).toBe(1)
  return `${stderr}`
}

const produce = async (value: string): Promise<void> => {
  const { exitCode } = await home.klog(['console-producer', '--topic', 't', '--sync'], { input: `${value}\n` })
  expect(exitCode).toBe(0)
}
const addresses = (from: number): string => [0, 1, 2].map((id) => `localhost:${from + id}`).join(',')

test('a snapshot is of all brokers of a cluster at one moment, also of one that is down; a fork has all of them', async () => {
  await ok(['broker', 'start', '--brokers', '3', '--virtual-time'])
  await ok(['topics', '--create', '--topic', 't', '--replication-factor', '3'])
  await produce('one')
  await ok(['broker', 'kill', '1'])
  expect(await ok(['snap', 'save', 'first'])).toMatch(/^Saved first: \d+ partitions, \d+ bytes\.$/)
  await produce('two')

  expect(await refused(['fork', 'first', '--port', String(port + 2)])).toMatch(
    new RegExp(
      `^klog: the original listens on port ${port + 2}\n {2}Choose another for the fork, which takes 3 in a row`,
    ),
  )
  const forked = await ok(['fork', 'first', '--port', String(port + 5)])
  expect(forked).toContain(`A fork of first, 3 brokers, serves on ${addresses(port + 5)}`)
  const fork = join(home.directory, 'forks', `first-${port + 5}`)
  try {
    expect(await ok(['get-offsets', '--topic', 't'], fork)).toBe('t:0:1')
    expect(await ok(['broker', 'status'], fork)).not.toMatch(/killed|starting/)
    expect(await ok(['get-offsets', '--topic', 't'])).toBe('t:0:2')
  } finally {
    await ok(['broker', 'kill'], fork)
  }

  expect(await ok(['broker', 'time', 'advance', '1h'])).toContain('virtual time, 1h ahead')
  const restored = await ok(['snap', 'restore', 'first'])
  expect(restored).toContain(`3 brokers serve again on ${addresses(port)}`)
  expect(await ok(['get-offsets', '--topic', 't'])).toBe('t:0:1')
  await ok(['broker', 'stop'])
  expect(await ok(['snap', 'save', 'stopped'])).toMatch(/^Saved stopped: /)
  expect(JSON.parse(await ok(['snap', 'list', '--output', 'json'])).map(({ name }: { name: string }) => name)).toEqual([
    'first',
    'stopped',
  ])
})
