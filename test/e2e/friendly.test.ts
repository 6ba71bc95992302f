import { afterAll, beforeAll, expect, test } from 'vitest'
import { KlogHome } from '../support/klog-home.js'

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
  [['topics', '--lst'], 'klog: did you mean --list?'],
  [['topcs', '--list'], 'did you mean klog topics?'],
  [['broker', 'strat'], 'did you mean klog broker start?'],
])('%j says what was meant', async (args, text) => {
  expect((await home.klog(args)).stderr).toContain(text)
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
