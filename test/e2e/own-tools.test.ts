import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catTool } from '../../src/cli/cat/tool.js'
import { LAG } from '../../src/cli/lag/report.js'
import { lagTool } from '../../src/cli/lag/tool.js'
import type { Tool } from '../../src/cli/tool.js'
import { tools } from '../../src/cli/tools.js'
import { waitTool } from '../../src/cli/wait/tool.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { MemoryIo, runInMemory, type ToolRun } from '../support/memory-io.js'
import { misshapen } from '../support/shaped.js'

const HOUR_MS = 3_600_000
let broker: TestBroker
beforeAll(async () => {
  broker = await startBroker({ settings: { 'group.initial.rebalance.delay.ms': '0' } })
  await kafka('topics', ['--create', '--topic', 'orders', '--partitions', '2'])
  const lines = Array.from({ length: 10 }, (_, i) => ({
    partition: i % 2,
    key: i === 3 ? null : `k${i}`,
    value: `v${i}`,
    headers: i === 4 ? [{ key: 'trace', value: 'abc' }] : [],
    timestamp: Date.now() - (10 - i) * HOUR_MS,
  }))
  const stdin = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  await kafka('console-producer', ['--topic', 'orders', '--input', 'json'], stdin)
})
afterAll(() => broker.close())

async function kafka(name: string, args: readonly string[], stdin = ''): Promise<ToolRun> {
  return await run(await tools[name]!(), args, stdin)
}

async function run(tool: Tool, args: readonly string[], stdin = ''): Promise<ToolRun> {
  return await runInMemory(tool, [...args, '--bootstrap-server', broker.bootstrapServers], { stdin })
}

const sorted = (text: string): string[] => text.split('\n').slice(0, -1).sort()

describe('klog cat', () => {
  test.each([
    ['ends at the end', [], ['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9']],
    ['reads offsets, both ends included', ['1-2'], ['v2', 'v3', 'v4', 'v5']],
    ['reads one offset', ['4', '--partition', '1'], ['v9']],
    ['reads the last of each partition', ['-1'], ['v8', 'v9']],
    ['reads from a time', ['@-150m'], ['v8', 'v9']],
    ['reads from a time to another', ['@-4h5m..-2h30m'], ['v6', 'v7']],
    ['finds keys', ['--key', '^k[12]$'], ['v1', 'v2']],
    ['finds values', ['--value', '7'], ['v7']],
    ['finds headers', ['--header', 'trace=^a'], ['v4']],
    ['finds all of it at once', ['--header', 'trace', '--key', 'k5'], []],
    ['stops after so many', ['--partition', '0', '--max-messages', '2'], ['v0', 'v2']],
    ['prints nothing of an empty range', ['100-200'], []],
  ])('%s: %j', async (_, args, values) => {
    const { exit, out, err } = await run(catTool, ['orders', ...args])
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(sorted(out)).toEqual(values)
  })

  test('prints records as the producer reads them', async () => {
    const { out } = await run(catTool, ['orders', '4', '--partition', '1', '--output', 'json'])
    expect(JSON.parse(out)).toMatchObject({ partition: 1, offset: 4, key: 'k9', value: 'v9', headers: [] })
  })

  test('joins no group', async () => {
    await run(catTool, ['orders'])
    expect((await kafka('groups', ['--list', '--output', 'json'])).out).not.toContain('console')
  })

  test.each([
    [['nothing'], 'klog: there is no topic nothing\n'],
    [['orders', '--partition', '7'], 'klog: topic orders has 2 partitions, and none is 7\n'],
    [['orders', 'soon'], 'klog: soon is no range of records\n'],
    [['orders', '--key', '['], 'klog: --key [: '],
    [['orders', '0-1', '-f'], 'klog: 0-1 has an end, and --follow has none\n'],
    [[], 'klog: which topic?\n'],
  ])('%j is told of in one line', async (args, text) => {
    const { exit, out, err } = await run(catTool, args)
    expect({ exit, out }).toEqual({ exit: 1, out: '' })
    expect(err.startsWith(text)).toBe(true)
  })

  test('with -f it goes on until it is stopped', async () => {
    const stop = new AbortController()
    const io = new MemoryIo({ stop: stop.signal })
    const ended = catTool.run(['orders', '-1', '-f', '--bootstrap-server', broker.bootstrapServers], io)
    await expect.poll(() => sorted(io.stdout.text)).toEqual(['v8', 'v9'])
    await kafka('console-producer', ['--topic', 'orders', '--input', 'json'], '{"value":"new","partition":0}\n')
    await expect.poll(() => sorted(io.stdout.text)).toEqual(['new', 'v8', 'v9'])
    stop.abort('SIGINT')
    expect(await ended).toBe(130)
  })
})

describe('klog lag', () => {
  test('says how many records and seconds each group is behind', async () => {
    const reset = ['--group', 'billing', '--topic', 'orders', '--execute', '--reset-offsets']
    await kafka('consumer-groups', [...reset, '--to-offset', '3'])
    const { exit, out, err } = await run(lagTool, ['--interval-ms', '1', '--output', 'json'])
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    const rows = JSON.parse(out) as { partition: number; secondsBehind: number }[]
    expect(misshapen(LAG, rows)).toEqual([])
    expect(rows.find(({ partition }) => partition === 1)).toMatchObject({ group: 'billing', lag: 2, trend: 'steady' })
    expect(rows.find(({ partition }) => partition === 1)!.secondsBehind / 3600).toBeCloseTo(3, 1)
  })

  test('is a table unless asked otherwise', async () => {
    const { out } = await run(lagTool, ['--group', 'billing', '--interval-ms', '1'])
    expect(out).toMatch(
      /^GROUP {4}TOPIC {3}PARTITION {2}LAG {2}SECONDS-BEHIND {2}TREND {3}CLIENT-ID\nbilling {2}orders/,
    )
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('a group that is not there is told of in one line', async () => {
    expect(await run(lagTool, ['--group', 'nobody'])).toMatchObject({
      exit: 1,
      out: '',
      err: 'klog: Group nobody not found.\n',
    })
  })

  test('watching prints again and again until it is stopped', async () => {
    const stop = new AbortController()
    const io = new MemoryIo({ stop: stop.signal })
    const args = ['--watch', '--interval-ms', '10', '--output', 'json', '--bootstrap-server', broker.bootstrapServers]
    const ended = lagTool.run(args, io)
    await expect.poll(() => io.stdout.text.split('\n').length).toBeGreaterThan(3)
    stop.abort('SIGINT')
    expect(await ended).toBe(130)
    expect(JSON.parse(io.stdout.text.split('\n')[1]!)[0].trend).toBe('steady')
  })
})

describe('klog wait', () => {
  test.each([
    [['topic', 'orders', '--partitions', '2', '--records', '10'], /^topic orders has 2 partitions, 2 of them/],
    [['topic', 'nothing', '--gone'], /^there is no topic nothing\n$/],
    [['group', 'billing', '--state', 'Empty'], /^group billing is Empty with 0 members\n$/],
    [['group', 'nobody', '--gone'], /^there is no group nobody\n$/],
    [['lag', 'billing', '--max', '100'], /^group billing is \d+ records behind\n$/],
  ])('%j: what is there already is not waited for', async (args, text) => {
    const { exit, out, err } = await run(waitTool, args)
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(out).toMatch(text)
  })

  test('what does not come is told of when the time is up, with exit code 2', async () => {
    expect(await run(waitTool, ['group', 'nobody', '--timeout', '300ms'])).toEqual({
      exit: 2,
      out: '',
      err: 'klog: after 300ms: there is no group nobody; waited for: group nobody with state Stable\n',
    })
  })

  test('what comes while it waits ends the wait', async () => {
    const waiting = run(waitTool, ['topic', 'late', '--output', 'json'])
    await kafka('topics', ['--create', '--topic', 'late'])
    const { exit, out } = await waiting
    expect(exit).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ isMet: true, condition: 'topic late with 1 partitions' })
  })

  test('a broker that does not answer counts as not there', async () => {
    const args = ['topic', 'orders', '--timeout', '300ms', '--bootstrap-server', '127.0.0.1:1']
    const { exit, err } = await runInMemory(waitTool, args)
    expect(exit).toBe(2)
    expect(err).toContain('no broker has answered')
  })

  test('a condition that makes no sense is refused with those that there are', async () => {
    expect(await run(waitTool, ['for', 'godot'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('klog wait topic NAME'),
    })
    expect(await run(waitTool, ['topic', 'orders', '--timeout', 'soon'])).toMatchObject({ exit: 1 })
  })
})
