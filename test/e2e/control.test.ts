import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KlogHome } from '../support/klog-home.js'

let home: KlogHome
const state = (): { control: string } => JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8'))

beforeEach(async () => {
  home = await KlogHome.make({ 'log.cleaner.backoff.ms': '3600000' })
})
afterEach(() => home.dispose())

async function ok(args: readonly string[], input?: string): Promise<string> {
  const result = await home.klog(args, input === undefined ? {} : { input })
  expect([result.exitCode, result.stderr]).toEqual([0, ''])
  return `${result.stdout}`
}

const produce = (topic: string, lines: readonly string[]): Promise<string> =>
  ok(
    [
      'console-producer',
      '--topic',
      topic,
      '--reader-property',
      'parse.key=true',
      '--reader-property',
      'null.marker=NULL',
    ],
    lines.map((line) => `${line.replace(':', '\t')}\n`).join(''),
  )

async function consume(topic: string): Promise<string[]> {
  const { stdout } = await home.klog([
    ...['console-consumer', '--topic', topic, '--from-beginning', '--timeout-ms', '2000'],
    ...['--formatter-property', 'print.key=true'],
  ])
  return `${stdout}`.split('\n').filter((line) => line !== '')
}

describe('klog broker tick', () => {
  test('compaction compacts now, and says what was kept and what was removed', async () => {
    await ok(['broker', 'start'])
    await ok(['topics', '--create', '--topic', 'accounts', '--config', 'cleanup.policy=compact'])
    await produce('accounts', ['a:1', 'b:1', 'a:2', 'a:3'])
    await produce('accounts', ['b:NULL'])
    const told = JSON.parse(await ok(['broker', 'tick', 'compaction', '--topic', 'accounts', '--output', 'json']))
    expect(told).toEqual([
      {
        broker: null,
        topic: 'accounts',
        partition: 0,
        bytesBefore: expect.any(Number),
        bytesAfter: expect.any(Number),
        keptRecords: 2,
        removedRecords: 3,
        removedTombstones: 0,
        cleanedOffset: 5,
      },
    ])
    expect(told[0].bytesAfter).toBeLessThan(told[0].bytesBefore)
    expect(await consume('accounts')).toEqual(['a\t3', 'b\tnull'])
    const again = await ok(['broker', 'tick', 'compaction', '--topic', 'accounts'])
    expect(again.split('\n').map((line) => line.split(/ +/))).toEqual([
      ['TOPIC', 'PARTITION', 'BYTES-BEFORE', 'BYTES-AFTER', 'KEPT', 'REMOVED', 'TOMBSTONES-REMOVED'],
      ['accounts', '0', expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/), '2', '0', '0'],
    ])
  })

  test('retention deletes now by the topic’s settings', async () => {
    await ok(['broker', 'start'])
    await ok([
      'topics',
      '--create',
      '--topic',
      'short',
      '--config',
      'retention.ms=1',
      '--config',
      'segment.bytes=1048576',
    ])
    await produce('short', ['a:1', 'a:2'])
    await expect
      .poll(async () => JSON.parse(await ok(['broker', 'tick', 'retention', '--topic', 'short', '--output', 'json'])))
      .toEqual([
        {
          broker: null,
          topic: 'short',
          partition: 0,
          deletedSegments: 1,
          deletedBytes: expect.any(Number),
          deletedRecords: 2,
          logStartOffset: 2,
        },
      ])
    expect(await ok(['broker', 'tick', 'retention'])).toBe('Nothing has outlived its retention.')
  })

  test('needs a broker, which it does not start, and a topic that is there and compacted', async () => {
    const without = await home.klog(['broker', 'tick', 'retention'])
    expect(without).toMatchObject({ exitCode: 1, stderr: 'klog: no broker runs\n  Start it: klog broker start' })
    await ok(['broker', 'start'])
    await ok(['topics', '--create', '--topic', 'plain'])
    const missing = await home.klog(['broker', 'tick', 'retention', '--topic', 'nowhere'])
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the topic nowhere does not exist') })
    const plain = await home.klog(['broker', 'tick', 'compaction', '--topic', 'plain'])
    expect(plain).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the topic plain is not compacted') })
  })
})

describe('klog broker time', () => {
  test('moves the clock of a broker that was started for it: records grow old in a moment', async () => {
    await ok(['broker', 'start', '--virtual-time'])
    expect(await ok(['broker', 'time'])).toMatch(/^\d{4}-.*Z \(virtual time, 0ms ahead\)$/)
    await ok(['topics', '--create', '--topic', 'week', '--config', 'message.timestamp.type=LogAppendTime'])
    await produce('week', ['a:1'])
    expect(await ok(['broker', 'time', 'advance', '8d'])).toMatch(/Z \(virtual time, 8d ahead\)$/)
    expect(await ok(['broker', 'status'])).toMatch(/^time +virtual, 8d ahead$/m)
    expect(await consume('week')).toEqual([])
    await produce('week', ['a:2'])
    const read = await home.klog([
      ...['console-consumer', '--topic', 'week', '--from-beginning', '--max-messages', '1'],
      ...['--formatter-property', 'print.timestamp=true'],
    ])
    const aheadMs = Number(/LogAppendTime:(\d+)/.exec(`${read.stdout}`)?.[1]) - Date.now()
    expect(Math.round(aheadMs / 86_400_000)).toBe(8)
  })

  test('is the system’s otherwise, and cannot be moved', async () => {
    await ok(['broker', 'start'])
    expect(await ok(['broker', 'time'])).toContain("(the system's time; to move it: klog broker start --virtual-time)")
    expect(await home.klog(['broker', 'time', 'advance', '8d'])).toMatchObject({
      exitCode: 1,
      stderr: [
        "klog: the broker was not started with --virtual-time, so its clock is the system's",
        '  Start it again: klog broker stop && klog broker start --virtual-time',
      ].join('\n'),
    })
    expect(await home.klog(['broker', 'start', '--virtual-time'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^klog: the broker already runs \(pid \d+\), and has no virtual time\n/),
    })
    expect(await home.klog(['broker', 'time', 'advance', '8 days'])).toMatchObject({
      exitCode: 1,
      stderr: 'klog: 8 days is no length of time\n  For example: 8d, 90s, 1d12h',
    })
  })
})

describe('the control channel', () => {
  test.skipIf(process.platform === 'win32')('is for the owner alone', async () => {
    await ok(['broker', 'start'])
    const { control } = state()
    expect(control).toBe(join(home.directory, 'run', 'control.sock'))
    expect([statSync(control).mode & 0o777, statSync(dirname(control)).mode & 0o777]).toEqual([0o600, 0o700])
  })

  test('lies elsewhere where the path would be too long for a socket, and is found there after a crash too', async () => {
    const directory = join(home.directory, 'x'.repeat(120))
    mkdirSync(directory)
    writeFileSync(join(directory, 'server.properties'), readFileSync(join(home.directory, 'server.properties')))
    const options = { env: { ...home.env, KLOG_HOME: directory } }
    for (const end of ['kill', 'stop']) {
      expect(await home.klog(['broker', 'start', '--virtual-time'], options)).toMatchObject({ exitCode: 0 })
      expect(await home.klog(['broker', 'time', 'advance', '1h'], options)).toMatchObject({ exitCode: 0 })
      expect(await home.klog(['broker', end], options)).toMatchObject({ exitCode: 0 })
    }
  })

  test('of a broker that is too old for it is told as what it is', async () => {
    await ok(['broker', 'start'])
    const path = join(home.directory, 'broker.json')
    const { control, ...rest } = JSON.parse(readFileSync(path, 'utf8'))
    expect(control).toBeDefined()
    writeFileSync(path, JSON.stringify({ ...rest, version: '0.0.9' }))
    expect(await home.klog(['broker', 'time'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^klog: the running broker \(version 0\.0\.9\) does not listen for klog's own commands/,
      ),
    })
  })
})
