import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isProcess, processStart } from '../../src/cli/local/process.js'
import { KlogHome } from '../support/klog-home.js'

let home: KlogHome
const state = (): { pid: number; port: number } => JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8'))

beforeEach(async () => {
  home = await KlogHome.make()
})
afterEach(() => home.dispose())

describe('the local broker', () => {
  test('is started by the first command, which says so in one line on stderr', async () => {
    const create = await home.klog(['topics', '--create', '--topic', 'orders'])
    expect(create).toMatchObject({ exitCode: 0, stdout: 'Created topic orders.' })
    expect(create.stderr).toMatch(/^klog: started a broker on localhost:\d+ \(pid \d+, data in .*data\)$/)
    const list = await home.klog(['topics', '--list'])
    expect(list).toMatchObject({ exitCode: 0, stdout: 'orders', stderr: '' })
  })

  test('is one broker, however many commands start it at the same moment', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => home.klog(['topics', '--list'])))
    expect(all.map((result) => result.exitCode)).toEqual([0, 0, 0, 0])
    expect(all.filter((result) => `${result.stderr}`.includes('started a broker'))).toHaveLength(1)
  })

  test('is not started for another address, nor when KLOG_NO_SPAWN is set', async () => {
    const elsewhere = await home.klog(['broker', 'status'])
    expect(elsewhere).toMatchObject({ exitCode: 1 })
    const refused = await home.klog(['topics', '--list'], { env: { ...home.env, KLOG_NO_SPAWN: '1' } })
    expect(refused.exitCode).toBe(1)
    expect(existsSync(join(home.directory, 'broker.json'))).toBe(false)
  })

  test('is started when its own address is given and nothing answers there', async () => {
    const list = await home.klog(['topics', '--bootstrap-server', `localhost:${home.port}`, '--list'])
    expect(list.exitCode).toBe(0)
    expect(state().port).toBe(home.port)
  })

  test('says on a second start that it already runs, with exit code 0', async () => {
    const first = await home.klog(['broker', 'start'])
    expect(first.stdout).toMatch(new RegExp(`^The broker serves on localhost:${home.port} \\(pid \\d+, data in .*\\)$`))
    const second = await home.klog(['broker', 'start'])
    expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^The broker already runs on /) })
  })

  test('keeps topics and records over a stop and over a kill', async () => {
    await home.klog(['topics', '--create', '--topic', 'kept'])
    await home.klog(['console-producer', '--topic', 'kept'], { input: 'one\n' })
    expect(await home.klog(['broker', 'stop'])).toMatchObject({ exitCode: 0 })
    await home.klog(['console-producer', '--topic', 'kept'], { input: 'two\n' })
    expect(await home.klog(['broker', 'kill'])).toMatchObject({ exitCode: 0 })
    const read = await home.klog(['console-consumer', '--topic', 'kept', '--from-beginning', '--max-messages', '2'])
    expect(read.stdout).toBe('one\ntwo')
  })

  test('that died leaves a stale state file, which stands in nobody’s way', async () => {
    await home.klog(['broker', 'start'])
    const { pid } = state()
    process.kill(pid, 'SIGKILL')
    await expect.poll(async () => (await home.klog(['broker', 'status'])).exitCode, { timeout: 10_000 }).toBe(1)
    expect(await home.klog(['topics', '--list'])).toMatchObject({ exitCode: 0 })
    expect(state().pid).not.toBe(pid)
  })

  test('stop and kill without a broker say so and succeed', async () => {
    expect(await home.klog(['broker', 'stop'])).toMatchObject({ exitCode: 0, stdout: 'No broker runs.' })
    expect(await home.klog(['broker', 'kill'])).toMatchObject({ exitCode: 0, stdout: 'No broker runs.' })
  })

  test('reset deletes everything, once it was told --yes', async () => {
    await home.klog(['topics', '--create', '--topic', 'gone'])
    const asked = await home.klog(['broker', 'reset'], { input: '' })
    expect(asked).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Say so with --yes.') })
    expect(await home.klog(['broker', 'reset', '--yes'])).toMatchObject({ exitCode: 0 })
    expect((await home.klog(['topics', '--list'])).stdout).toBe('')
  })

  test('ends when its home is removed, and leaves the port to the next one', async () => {
    await home.klog(['topics', '--create', '--topic', 'gone'])
    const { pid } = state()
    const start = processStart(pid)
    rmSync(home.directory, { recursive: true, force: true, maxRetries: 5 })
    while (isProcess(pid, start)) await new Promise(setImmediate)
    expect(existsSync(home.directory)).toBe(false)
    expect(await home.klog(['topics', '--list'])).toMatchObject({ exitCode: 0, stdout: '' })
    expect(state().pid).not.toBe(pid)
  })

  test('prints its own log', async () => {
    await home.klog(['broker', 'start'])
    expect((await home.klog(['broker', 'logs'])).stdout).toContain('Kafka Server started')
  })
})

describe('a broker that cannot start says why in one line, with the next step, and leaves no process', () => {
  const refused = async (args: readonly string[], told: RegExp): Promise<void> => {
    const result = await home.klog(['broker', 'start', ...args])
    expect(result).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(told) })
    expect(`${result.stderr}`).not.toMatch(/^\s+at /m)
    expect(existsSync(join(home.directory, 'broker.json'))).toBe(false)
  }

  test('when another program has the port', async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(home.port, 'localhost', listening))
    await refused([], new RegExp(`^klog: Port ${home.port} is in use: .*\n  .*--port N`))
    other.close()
  })

  test('when a setting is unknown to Kafka or has a bad value', async () => {
    await refused(['--override', 'num.partitions=many'], /^klog: Invalid value many for configuration num\.partitions/)
    await refused(['--override', 'no.such.setting=1'], /^klog: .*no\.such\.setting/)
    await refused(['--override', 'novalue'], /^klog: .*novalue/)
  })

  test('when the settings file is missing', async () => {
    await refused(['--config', join(home.directory, 'nowhere.properties')], /^klog: cannot read .*nowhere\.properties/)
  })

  test('when another broker holds the data directory', async () => {
    const other = await KlogHome.make({ 'log.dirs': join(home.directory, 'data') })
    expect(await other.klog(['broker', 'start'])).toMatchObject({ exitCode: 0 })
    const told = await home.klog(['broker', 'start'])
    expect(told).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^klog: Failed to acquire lock on file \.lock in /),
    })
    await other.dispose()
  })

  test('when the state file is not one of ours', async () => {
    writeFileSync(join(home.directory, 'broker.json'), 'not json')
    const result = await home.klog(['broker', 'start'])
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/is not a klog state file\n {2}Remove it/),
    })
    rmSync(join(home.directory, 'broker.json'))
  })

  test.skipIf(process.getuid?.() === 0)('when its directory cannot be written', async () => {
    chmodSync(home.directory, 0o500)
    await refused([], /^klog: cannot write in /)
    chmodSync(home.directory, 0o700)
  })

  test('when its directory is a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'klog-file-')), 'home')
    writeFileSync(file, '')
    const result = await home.klog(['broker', 'start'], { env: { ...home.env, KLOG_HOME: file } })
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^klog: cannot /) })
  })
})
