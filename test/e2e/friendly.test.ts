import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tools } from '../../src/cli/tools.js'
import { startBroker } from '../../src/index.js'
import { KlogHome } from '../support/klog-home.js'
import { runInMemory } from '../support/memory-io.js'
import { ToolSession } from '../support/tool-session.js'

let home: KlogHome
beforeAll(async () => {
  home = await KlogHome.make()
  await home.klog(['topics', '--create', '--topic', 'orders'])
  const reset = ['--reset-offsets', '--group', 'billing', '--topic', 'orders', '--to-earliest', '--execute']
  await home.klog(['consumer-groups', ...reset])
})
afterAll(() => home.dispose())

test.each([
  [['topics', '--describe', '--topic', 'ordrs'], 'klog: did you mean orders?'],
  [['get-offsets', '--topic', 'order'], 'klog: did you mean orders?'],
  [['cat', 'orderss'], 'klog: did you mean orders?'],
  [['configs', '--describe', '--topic', 'oders'], 'klog: did you mean orders?'],
  [['consumer-groups', '--describe', '--group', 'biling'], 'klog: did you mean billing?'],
  [['lag', '--group', 'biling'], 'klog: did you mean billing?'],
  [['consumer-groups', '--delete', '--group', 'biling'], 'klog: did you mean billing?'],
  [['consumer-groups', '--delete-offsets', '--group', 'billing', '--topic', 'ordrs'], 'klog: did you mean orders?'],
  [
    ['consumer-groups', '--reset-offsets', '--group', 'billing', '--topic', 'ordrs', '--to-earliest', '--dry-run'],
    'klog: did you mean orders?',
  ],
  [['log-dirs', '--describe', '--topic-list', 'ordrs'], 'klog: did you mean orders?'],
  [['leader-election', '--election-type', 'preferred', '--topic', 'ordrs', '--partition', '0'], 'did you mean orders?'],
  [['wait', 'topic', 'ordrs', '--timeout', '2s'], 'klog: did you mean orders?'],
  [['wait', 'group', 'biling', '--timeout', '2s'], 'klog: did you mean billing?'],
  [['broker', 'status', '--outptu', 'json'], 'did you mean --output?'],
  [['context', 'use', 'locla'], 'did you mean local?'],
  [['topics', '--lst'], 'klog: did you mean --list?'],
  [['topcs', '--list'], 'did you mean klog topics?'],
  [['broker', 'strat'], 'did you mean klog broker start?'],
])('%j says what was meant', async (args, text) => {
  expect((await home.klog(args)).stderr).toContain(text)
})

test('reassign-partitions says what was meant of the topics in its file', async () => {
  const file = join(home.directory, 'topics.json')
  writeFileSync(file, '{"version": 1, "topics": [{"topic": "ordrs"}]}')
  const args = ['reassign-partitions', '--generate', '--topics-to-move-json-file', file, '--broker-list', '0']
  expect(await home.klog(args)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('klog: did you mean orders?'),
  })
})

test('a flag that there is not is told in words where a command has no flags at all', async () => {
  const { exitCode, stderr } = await home.klog(['broker', 'resume', '1', '--forced'])
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: 'klog: Nonexistent flag: --forced\nSee more help with --help',
  })
})

test.each([
  ['console-consumer', ['--topic', 'ordrs']],
  ['console-consumer', ['--topic', 'ordrs', '--partition', '0']],
  ['console-producer', ['--topic', 'ordrs', '--max-block-ms', '20000']],
])('%s says what was meant where a broker makes no topics by itself: %j', async (name, args) => {
  const broker = await startBroker({ settings: { 'auto.create.topics.enable': false } })
  const server = ['--bootstrap-server', broker.bootstrapServers]
  await runInMemory(await tools.topics!(), ['--create', '--topic', 'orders', ...server])
  const session = new ToolSession(name, [...args, ...server])
  if (name === 'console-producer') session.type('a')
  await expect.poll(() => session.io.stderr.text, { timeout: 20_000 }).toContain('klog: did you mean orders?')
  await session.end()
  await broker.close()
})

test('the shell gets names of topics and groups from the broker', async () => {
  const complete = async (...words: string[]) => `${(await home.klog(['completion', '--words', ...words])).stdout}`
  expect(await complete('topics', '--describe', '--topic', 'o')).toBe('orders\t')
  expect(await complete('consumer-groups', '--describe', '--group', '')).toBe('billing\t')
  expect(await complete('cat', '')).toContain('orders')
  expect(await complete('broker', 'sta')).toMatch(/^start\t.+\nstatus\t.+$/)
})

test.each([
  [['--help'], /^klog \d.*\nEveryday\n/],
  [[], /^klog \d.*\nEveryday\n/],
  [['--version'], /^klog [\d.]+ \(Kafka [\d.]+\)$/],
  [['broker', 'start', '--version'], /^klog [\d.]+ \(Kafka [\d.]+\)$/],
  [['topics', '--version'], /^[\d.]+$/],
  [['cluster', '--version'], /^[\d.]+$/],
  [['broker', 'start', '--help'], /^.+\n\nEXAMPLES\n/],
])('%j', async (args, text) => {
  const { exitCode, stdout, stderr } = await home.klog(args)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(text)
})
