import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isProcess } from '../../src/cli/local/process.js'
import type { BrokerState } from '../../src/cli/local/state.js'
import { KlogHome } from '../support/klog-home.js'
import { freePortRow } from '../support/port-row.js'

const TRIES = { timeout: 20_000 }
let home: KlogHome
let port: number

async function makeHome(): Promise<void> {
  port = await freePortRow(5)
  home = await KlogHome.make({ listeners: `PLAINTEXT://localhost:${port}` })
}

const state = (): BrokerState => JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8'))
const addresses = (...at: number[]): string => at.map((id) => `localhost:${port + id}`).join(',')

async function ok(...args: string[]): Promise<string> {
  const result = await home.klog(args)
  expect([result.exitCode, result.stderr]).toEqual([0, ''])
  return `${result.stdout}`
}

async function refused(...args: string[]): Promise<string> {
  const { exitCode, stderr } = await home.klog(args)
  expect(exitCode).toBe(1)
  return `${stderr}`
}

/** Each of them, with the same words before it. They change nothing, so that none need wait for another. */
function allRefused(each: readonly (readonly string[])[]): Promise<string[]> {
  return Promise.all(each.map((args) => refused('broker', ...args)))
}

/** What `klog broker status` says of each broker: its standing, its part in the quorum, its faults. */
async function standings(): Promise<string[]> {
  const table = (await ok('broker', 'status')).split('\n\n')[1]!.split('\n').slice(1)
  return table.map((row) => row.split(/ {2,}/).slice(-3).join(' | '))
}

/** Leader and ISR of each partition, as Kafka's tool shows them. */
async function described(topic: string): Promise<[leader: number, isr: number[]][]> {
  const lines = (await ok('topics', '--describe', '--topic', topic)).split('\n').slice(1)
  return lines.map((line) => {
    const [, leader, isr] = /Leader: (\S+).*Isr: (\S*)/.exec(line) ?? []
    return [Number(leader), (isr ?? '').split(',').map(Number).sort()]
  })
}

// One cluster for all tests of a mode, as it takes longer to start than to be hurt: each leaves it as it has found it.
describe.each([
  ['in one process', []],
  ['in processes of their own', ['--processes']],
])('three brokers %s', (_, mode) => {
  const start = (): Promise<string> => ok('broker', 'start', '--brokers', '3', '--port', String(port), ...mode)
  beforeAll(async () => {
    await makeHome()
    // No file says where they are to be: later starts have to know it.
    rmSync(join(home.directory, 'server.properties'))
  })
  afterAll(() => home.dispose())

  test('are one cluster: started, shown, stopped, and started again as and where they were', async () => {
    expect(await start()).toBe(
      `3 brokers serve on ${addresses(0, 1, 2)} (pid ${state().pid}, data in ${home.directory}/data)`,
    )
    expect(new Set(state().brokers!.map(({ pid }) => pid)).size).toBe(mode.length === 0 ? 1 : 3)
    expect((await standings()).map((line) => line.replace('leader', 'voter'))).toEqual(
      Array(3).fill('running | voter | -'),
    )
    await ok('topics', '--create', '--topic', 'kept', '--replication-factor', '3')
    const { pid, brokers } = state()
    expect(await ok('broker', 'stop')).toBe(`3 brokers (pid ${pid}) have stopped.`)
    for (const broker of brokers!) expect(isProcess(broker.pid!, broker.processStart)).toBe(false)
    expect(await ok('broker', 'start', ...mode)).toContain(`3 brokers serve on ${addresses(0, 1, 2)}`)
    expect(await ok('topics', '--list')).toBe('kept')
    expect(await ok('broker', 'start')).toContain('3 brokers already run on')
  })

  test('lose one, hard or softly, and get it back: leaders and in-sync replicas follow', async () => {
    await ok('topics', '--create', '--topic', 't', '--partitions', '3', '--replication-factor', '3')
    for (const [end, told] of [
      ['kill', 'Broker 1 was killed.'],
      ['stop', 'Broker 1 has stopped.'],
    ] as const) {
      expect(await ok('broker', end, '1')).toBe(told)
      await expect.poll(async () => (await described('t')).flat(2).includes(1), TRIES).toBe(false)
      expect(await standings()).toContain(end === 'kill' ? 'killed | voter | -' : 'stopped | voter | -')
      expect(await ok('broker', 'start', '1')).toBe(`Broker 1 serves on ${addresses(1)}.`)
      await expect.poll(async () => (await described('t')).every(([, isr]) => isr.length === 3), TRIES).toBe(true)
    }
  })

  test('are paused, late and cut off, which the status shows until it ends', async () => {
    expect(await ok('broker', 'pause', '1')).toContain('klog broker resume 1')
    expect((await standings())[1]).toMatch(/^paused \| (voter|leader) \| paused$/)
    expect(await ok('broker', 'resume', '1')).toBe('Broker 1 goes on.')
    expect(await ok('broker', 'lag', '2', '5s')).toContain('are 5s late')
    expect(await ok('broker', 'cut', '2', '0,1')).toContain('Broker 2 is cut from 0, 1.')
    const shown = await standings()
    expect(shown.map((line) => line.split(' | ')[2])).toEqual([
      'cut from 2',
      'cut from 2',
      'fetches 5s late, cut from 0, 1',
    ])
    const told = JSON.parse(await ok('broker', 'status', '--output', 'json'))
    expect(told.brokers.map(({ lagMs, cutFrom }: { lagMs: number; cutFrom: number[] }) => [lagMs, cutFrom])).toEqual([
      [0, [2]],
      [0, [2]],
      [5000, [0, 1]],
    ])
    expect(told.brokers[told.controllerId]).toMatchObject({ role: 'leader', state: 'running' })
    const ticked = JSON.parse(
      await ok('broker', 'tick', 'retention', '--topic', '__cluster_metadata', '--output', 'json'),
    )
    expect(ticked.map(({ broker }: { broker: number }) => broker)).toEqual([0, 1, 2])
    await ok('broker', 'heal')
    await ok('broker', 'lag', '2', '0s')
    expect((await standings()).map((line) => line.split(' | ')[2])).toEqual(['-', '-', '-'])
  })

  test('keep their quorum, unless it is taken by force', async () => {
    await ok('broker', 'kill', '0')
    const why = /^klog: .* broker 1.* leaves no majority of the voters: .*\n {2}To do it nevertheless: --force$/
    const [cut, ...others] = await allRefused([
      ['cut', '1', '2'],
      ['kill', '1'],
      ['stop', '1'],
      ['pause', '1'],
    ])
    expect(cut).toMatch(/^klog: cutting broker 1 from 2 leaves no majority/)
    for (const other of others) expect(other).toMatch(why)
    await ok('broker', 'kill', '1', '--force')
    expect(await ok('broker', 'status')).toMatch(/^quorum +none: 2 of 3 voters must reach one another$/m)
    await ok('broker', 'start', '1')
    expect(await ok('broker', 'status')).not.toContain('none:')
    await ok('broker', 'start', '0')
  })

  test('become four: a broker is added that has no vote, and is there after a restart', async () => {
    expect(await ok('broker', 'add')).toBe(`Broker 3 serves on ${addresses(3)}.`)
    await ok('topics', '--create', '--topic', 'wide', '--replication-factor', '4')
    expect((await standings())[3]).toBe('running | observer | -')
    await ok('broker', 'stop')
    expect(await refused('broker', 'start', '--brokers', '3')).toContain('is that of 4 brokers')
    expect(await ok('broker', 'start', ...mode)).toContain('4 brokers serve on')
  })
})

describe('what cannot be is told in a line with the next step', () => {
  beforeEach(makeHome)
  afterEach(() => home.dispose())

  test('a broker that does not exist, does not run, or runs already', async () => {
    expect(await refused('broker', 'kill', '1')).toMatch(/^klog: no broker runs\n {2}Start one: /)
    await ok('broker', 'start', '--brokers', '3')
    const verbs = ['kill', 'stop', 'start']
    for (const line of await allRefused(verbs.map((verb) => [verb, '7'])))
      expect(line).toBe('klog: there is no broker 7; this cluster has 0, 1, 2\n  To add one: klog broker add')
    const lines = await allRefused([
      ['start', '1'],
      ['resume', '1'],
      ['heal'],
      ['cut', '1', '1'],
      ['cut', '1', 'x'],
      ['lag', '1', 'soon'],
      ['start', '--brokers', '5'],
    ])
    for (const [at, why] of [
      'broker 1 runs already',
      'broker 1 is not paused',
      'no broker is cut from another',
      'broker 1 cannot be cut from itself',
      'x is no list of brokers',
      'soon is no length of time',
      'a cluster of 3 brokers already runs',
    ].entries())
      expect(lines[at]).toContain(why)
    await ok('broker', 'kill', '1')
    expect(await refused('broker', 'kill', '1')).toContain('broker 1 does not run')
  })

  test('another number of brokers than the data was made with; a reset begins anew', async () => {
    await ok('broker', 'start')
    expect(await refused('broker', 'kill', '1')).toContain('there is no broker 1: the local broker is a single one, 0')
    expect(await refused('broker', 'pause', '0')).toContain('the local broker is a single one')
    expect(await refused('broker', 'start', '--brokers', '3')).toContain('a single broker already runs')
    await ok('broker', 'stop', '0')
    expect(await refused('broker', 'start', '--brokers', '3')).toMatch(
      /is that of a single broker\n {2}.*klog broker reset/,
    )
    await ok('broker', 'reset', '--yes')
    expect(await ok('broker', 'start', '--brokers', '3')).toContain('3 brokers serve on')
  })

  test('a port that somebody has: none is left running', async () => {
    const other = await KlogHome.make({ listeners: `PLAINTEXT://localhost:${port + 1}` })
    await other.klog(['broker', 'start'])
    expect(await refused('broker', 'start', '--brokers', '3')).toMatch(new RegExp(`^klog: Port ${port + 1} is in use`))
    await other.dispose()
    expect(await ok('broker', 'start', '--brokers', '3')).toContain('3 brokers serve on')
  })
})
