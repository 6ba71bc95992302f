import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { lineLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { endBroker } from '../../src/cli/local/end.js'
import { homeOf } from '../../src/cli/local/home.js'
import { isProcess, processStart, startByPs } from '../../src/cli/local/process.js'
import { runningBroker } from '../../src/cli/local/state.js'
import { startDaemon } from '../../src/daemon.js'
import { KlogHome } from '../support/klog-home.js'

let directory: string
let stranger: ChildProcess

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'klog-safety-'))
  stranger = spawn('sleep', ['1000'], { stdio: 'ignore' })
})
afterEach(() => {
  stranger.kill('SIGKILL')
  rmSync(directory, { recursive: true })
})

const isAlive = (): boolean => stranger.exitCode === null && stranger.signalCode === null

/** What a broker wrote down, with some of it changed. */
function stateWith(changes: object): void {
  const state = {
    ...{ version: '0.1.0', pid: stranger.pid, processStart: null, host: 'localhost', port: 9092, nodeId: 0 },
    ...{ clusterId: 'AAAAAAAAAAAAAAAAAAAAAw', dataDirectories: [join(directory, 'data')], startedAtMs: 0 },
    ...{ control: null, home: directory },
  }
  writeFileSync(join(directory, 'broker.json'), JSON.stringify({ ...state, ...changes }))
}

describe('a process that is not the broker of this home is left alone', () => {
  const strangers: [string, () => object][] = [
    ['one that has its number now', () => ({ processStart: '1' })],
    ['one that cannot be told from others', () => ({ processStart: null })],
    [
      'the broker of the home that this one was copied from',
      () => ({ processStart: processStart(stranger.pid!), home: '/home/somebody/.klog' }),
    ],
    [
      'one in the place of a broker of its cluster',
      () => ({
        pid: process.pid,
        processStart: '1',
        brokers: [{ id: 0, host: 'localhost', port: 1, controllerPort: null, pid: stranger.pid, processStart: null }],
      }),
    ],
  ]
  for (const [who, changes] of strangers) {
    test(who, async () => {
      stateWith(changes())
      expect(runningBroker(homeOf({ KLOG_HOME: directory }))).toBeNull()
      expect(await endBroker(homeOf({ KLOG_HOME: directory }), 'SIGKILL', systemClock)).toBeNull()
      expect(isAlive()).toBe(true)
    })
  }

  test('nor is anything sent to the groups of processes that 0 and less stand for', async () => {
    for (const pid of [0, -1, -(stranger.pid ?? 0)])
      for (const changes of [{ pid }, { brokers: [{ id: 0, host: 'x', port: 1, controllerPort: null, pid }] }]) {
        stateWith(changes)
        await expect(endBroker(homeOf({ KLOG_HOME: directory }), 'SIGTERM', systemClock)).rejects.toThrow(
          /is not a klog state file/,
        )
      }
    expect(isAlive()).toBe(true)
    rmSync(join(directory, 'broker.json'))
  })
})

test('a process is told from a later one with its number, also where the kernel has no files about it', () => {
  for (const startOf of [processStart, startByPs]) {
    expect(startOf(stranger.pid!)).toMatch(/\d/)
    expect(startOf(stranger.pid!)).toBe(startOf(stranger.pid!))
    expect(startOf(2 ** 30)).toBeNull()
  }
  expect(isProcess(stranger.pid!, processStart(stranger.pid!))).toBe(true)
})

test.skipIf(process.platform === 'win32')(
  'nobody else can read what is in a home, nor talk to its broker beside Kafka’s protocol',
  async () => {
    const home = await KlogHome.make()
    const fresh = join(home.directory, 'fresh')
    const env = { ...home.env, KLOG_HOME: fresh }
    const start = [
      'broker',
      'start',
      '--port',
      String(home.port),
      '--override',
      `listeners=PLAINTEXT://localhost:${home.port}`,
    ]
    expect(await home.klog(start, { env })).toMatchObject({ exitCode: 0 })
    await home.klog(['topics', '--create', '--topic', 'secrets'], { env })
    await home.klog(['console-producer', '--topic', 'secrets'], { env, input: 'one\n' })
    expect(statSync(fresh).mode & 0o077).toBe(0)
    const open = readdirSync(fresh, { recursive: true, encoding: 'utf8' }).filter(
      (name) => (statSync(join(fresh, name)).mode & 0o077) !== 0,
    )
    expect(open).toEqual([])
    expect(readdirSync(join(fresh, 'run'))).toContain('control.sock')

    // A copy is another home: its commands do not touch this one's broker.
    const copy = join(home.directory, 'copy')
    cpSync(fresh, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') })
    const stopped = await home.klog(['broker', 'stop'], { env: { ...home.env, KLOG_HOME: copy } })
    expect(stopped).toMatchObject({ exitCode: 0, stdout: 'No broker runs.' })
    expect(await home.klog(['broker', 'status'], { env })).toMatchObject({ exitCode: 0 })
    expect(await home.klog(['broker', 'kill'], { env })).toMatchObject({ exitCode: 0 })
  },
)

test('a broker that other machines can reach says so, one that they cannot does not', async () => {
  for (const [host, isTold] of [
    ['', true],
    ['localhost', false],
    ['127.0.0.1', false],
  ] as const) {
    const lines: string[] = []
    const settings = new Map([
      ['listeners', `PLAINTEXT://${host}:0`],
      ['log.dirs', join(directory, `data-${host}`)],
    ])
    const log = lineLog((line) => void lines.push(line), systemClock)
    const daemon = await startDaemon({ settings, clusterId: null, clock: systemClock, random: systemRandom, log })
    await daemon.kill()
    const told = /listens on every address: whoever reaches this machine may use the broker/
    expect(
      lines.some((line) => told.test(line)),
      host,
    ).toBe(isTold)
  }
})
