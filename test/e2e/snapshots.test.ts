import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { javaLikeProducer, kafkajs } from '../support/kafkajs.js'
import { freePort, KlogHome } from '../support/klog-home.js'

let home: KlogHome

beforeEach(async () => {
  home = await KlogHome.make()
})
afterEach(() => home.dispose())

async function ok(args: readonly string[], input?: string, KLOG_HOME = home.directory): Promise<string> {
  const env = { ...home.env, KLOG_HOME }
  const result = await home.klog(args, input === undefined ? { env } : { env, input })
  expect([result.exitCode, result.stderr]).toEqual([0, expect.not.stringMatching(/klog: (?!started)/)])
  return `${result.stdout}`
}

const produce = (topic: string, values: readonly string[], at?: string): Promise<string> =>
  ok(['console-producer', '--topic', topic], values.map((value) => `${value}\n`).join(''), at)

async function consume(topic: string, count: number, at?: string): Promise<string[]> {
  const args = ['console-consumer', '--topic', topic, '--from-beginning', '--max-messages', String(count)]
  return (await ok(args, undefined, at)).split('\n')
}

describe('klog snap', () => {
  test('saves, lists, restores and deletes copies of the whole broker, groups and settings included', async () => {
    await ok(['broker', 'start', '--override', 'num.partitions=2'])
    await ok(['topics', '--create', '--topic', 'orders', '--partitions', '1', '--config', 'retention.ms=86400000'])
    await produce('orders', ['one', 'two'])
    const read = ['console-consumer', '--topic', 'orders', '--from-beginning', '--group', 'billing']
    await ok([...read, '--max-messages', '1'])
    expect(await ok(['snap', 'save', 'before'])).toMatch(/^Saved before: 5\d partitions, \d+ bytes\.$/)
    await produce('orders', ['three'])
    await ok(['topics', '--create', '--topic', 'later'])
    await ok(['consumer-groups', '--delete', '--group', 'billing'])

    const [titles, line] = (await ok(['snap', 'list'])).split('\n')
    expect(titles!.split(/ +/)).toEqual(['NAME', 'TAKEN', 'PARTITIONS', 'BYTES'])
    expect(line).toMatch(/^before +\d{4}-.*Z 5\d +\d+$/)
    const restored = await ok(['snap', 'restore', 'before'])
    expect(restored).toMatch(/^Restored before, taken at .*\nThe broker serves again on localhost:\d+ \(pid \d+\)\.$/)
    expect(await ok(['topics', '--list'])).toBe('__consumer_offsets\norders')
    expect(await ok(['consumer-groups', '--describe', '--group', 'billing', '--offsets'])).toMatch(
      /billing +orders +0 +1 +2 +1 /,
    )
    expect(await ok(['configs', '--describe', '--entity-type', 'topics', '--entity-name', 'orders'])).toContain(
      'retention.ms=86400000',
    )
    await produce('orders', ['drei'])
    expect(await consume('orders', 3)).toEqual(['one', 'two', 'drei'])
    // It was started with settings of its own, and is again.
    await ok(['topics', '--create', '--topic', 'two'])
    expect(await ok(['topics', '--describe', '--topic', 'two'])).toContain('PartitionCount: 2')
    // What is written since has not come into the snapshot.
    await ok(['snap', 'restore', 'before'])
    expect(await consume('orders', 2)).toEqual(['one', 'two'])
    expect(await ok(['get-offsets', '--topic', 'orders'])).toBe('orders:0:2')

    expect(await ok(['snap', 'delete', 'before'])).toBe('Deleted before.')
    expect(await ok(['snap', 'list'])).toBe('There are no snapshots. Take one: klog snap save NAME')
    expect(await consume('orders', 2)).toEqual(['one', 'two'])
  })

  test('saves one moment, whatever is written to all partitions meanwhile', async () => {
    await ok(['broker', 'start'])
    for (const topic of ['first', 'second']) await ok(['topics', '--create', '--topic', topic])
    const producer = javaLikeProducer(kafkajs(`127.0.0.1:${home.port}`))
    await producer.connect()
    let isOver = false
    let written = 0
    const writing = (async () => {
      while (!isOver) {
        for (const topic of ['first', 'second']) await producer.send({ topic, messages: [{ value: `${written}` }] })
        written++
      }
    })()
    const names = ['a', 'b', 'c']
    const acknowledged: number[] = []
    for (const name of names) {
      const before = written
      await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(before + 20)
      acknowledged.push(written)
      await ok(['snap', 'save', name])
    }
    isOver = true
    await writing
    await producer.disconnect()
    for (const [at, name] of names.entries()) {
      await ok(['snap', 'restore', name])
      const told = await ok(['get-offsets', '--topic', 'first|second'])
      const [first, second] = told.split('\n').map((line) => Number(line.split(':')[2]))
      // Each record of the second topic was sent when that of the first was acknowledged.
      expect([first! - second!, first! >= acknowledged[at]!]).toEqual([expect.toBeOneOf([0, 1]), true])
    }
  })

  test('refuses what cannot be, with the next step', async () => {
    const refused = async (args: readonly string[], told: RegExp): Promise<void> => {
      const result = await home.klog(args)
      expect([result.exitCode, result.stderr]).toEqual([1, expect.stringMatching(told)])
    }
    await refused(
      ['snap', 'save', 'x'],
      /^klog: there is nothing to be copied in .*: no broker has run there\n {2}Start one: /,
    )
    await refused(['snap', 'restore', 'x'], /^klog: there is no snapshot x\n {2}Take one: klog snap save NAME$/)
    await refused(['fork', 'x', '--port', '9999'], /^klog: there is nothing to be copied/)
    await ok(['broker', 'start'])
    await refused(['snap', 'save', '../x'], /^klog: '\.\.\/x' cannot be the name of a snapshot\n/)
    await ok(['snap', 'save', 'x'])
    await refused(['snap', 'save', 'x'], /^klog: there is a snapshot x already\n {2}Choose another name, or: /)
    await refused(['snap', 'delete', 'y'], /^klog: there is no snapshot y\n {2}There are: x$/)
  })

  test('restores a broker that does not run, and does not start it', async () => {
    await produce('orders', ['one'])
    await ok(['snap', 'save', 'first'])
    await produce('orders', ['two'])
    await ok(['broker', 'kill'])
    expect(await ok(['snap', 'restore', 'first'])).not.toContain('serves again')
    expect(existsSync(join(home.directory, 'broker.json'))).toBe(false)
    expect(await ok(['get-offsets', '--topic', 'orders'])).toBe('orders:0:1')
  })
})

describe('klog fork', () => {
  test('starts a second broker on a copy; both go their own ways', async () => {
    await ok(['broker', 'start'])
    await produce('orders', ['one', 'two'])
    const port = await freePort()
    const told = await ok(['fork', 'what-if', '--port', String(port)])
    expect(told).toMatch(/^Saved what-if: \d+ partitions\.\nA fork of what-if serves on localhost:\d+ \(pid \d+\)\.\n/)
    const directory = /^Its home is (.*): set KLOG_HOME/m.exec(told)![1]!
    try {
      expect(JSON.parse(readFileSync(join(directory, 'broker.json'), 'utf8'))).toMatchObject({ port })
      await produce('orders', ['mine'])
      await produce('orders', ['theirs', 'theirs too'], directory)
      expect(await consume('orders', 3)).toEqual(['one', 'two', 'mine'])
      expect(await consume('orders', 4, directory)).toEqual(['one', 'two', 'theirs', 'theirs too'])
      const again = await home.klog(['fork', 'what-if', '--port', String(port)])
      expect(again).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/^klog: there is such a fork already, in /),
      })
      expect(await ok(['broker', 'stop'], undefined, directory)).toMatch(/has stopped\.$/)
      expect(await ok(['broker', 'status'])).toContain('address')
      await ok(['broker', 'start'], undefined, directory)
      expect(await ok(['get-offsets', '--topic', 'orders'], undefined, directory)).toBe('orders:0:4')
    } finally {
      await ok(['broker', 'kill'], undefined, directory)
    }
  })
})
