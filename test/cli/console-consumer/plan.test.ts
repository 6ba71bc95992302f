import { describe, expect, test } from 'vitest'
import { CONSUMER_OPTIONS } from '../../../src/cli/console-consumer/options.js'
import { readPlan } from '../../../src/cli/console-consumer/plan.js'
import { consoleConsumerTool } from '../../../src/cli/console-consumer/tool.js'
import { parseOptions } from '../../../src/cli/kafka-options.js'
import { MemoryIo, runInMemory } from '../../support/memory-io.js'

async function plan(...args: string[]): Promise<Record<string, string>> {
  const options = parseOptions(CONSUMER_OPTIONS, ['--topic', 't', ...args])
  return Object.fromEntries((await readPlan(options, new MemoryIo())).properties)
}

describe("the consumer's settings", () => {
  test('without a group: one by chance that commits nothing', async () => {
    expect(await plan()).toEqual({
      'group.id': expect.stringMatching(/^console-consumer-\d{1,5}$/),
      'enable.auto.commit': 'false',
      'auto.offset.reset': 'latest',
      'bootstrap.servers': 'localhost:9092',
      'client.id': 'console-consumer',
    })
  })

  test.each([
    ['with a group it commits, as any consumer', ['--group', 'g'], { 'group.id': 'g' }],
    [
      'commits may be asked for without a group',
      ['--command-property', 'enable.auto.commit=true'],
      { 'enable.auto.commit': 'true' },
    ],
    ['--from-beginning is where to start without an offset', ['--from-beginning'], { 'auto.offset.reset': 'earliest' }],
    [
      'a setting says where to start',
      ['--command-property', 'auto.offset.reset=none'],
      { 'auto.offset.reset': 'none' },
    ],
    [
      'the option for isolation stands above the setting',
      ['--isolation-level', 'read_committed', '--command-property', 'isolation.level=x'],
      { 'isolation.level': 'read_committed' },
    ],
    [
      'a group may be named twice, if it is the same',
      ['--group', 'g', '--command-property', 'group.id=g'],
      { 'group.id': 'g' },
    ],
  ])('%s', async (_, args, expected) => {
    expect(await plan(...args)).toMatchObject(expected)
  })

  test('a named group is not kept from committing', async () => {
    expect(await plan('--group', 'g')).not.toHaveProperty('enable.auto.commit')
  })
})

describe('where to start', () => {
  test.each([
    [['--partition', '0'], { partition: 0, start: 'latest' }],
    [['--partition', '0', '--from-beginning'], { partition: 0, start: 'earliest' }],
    [['--partition', '0', '--offset', 'EARLIEST'], { partition: 0, start: 'earliest' }],
    [['--partition', '0', '--offset', 'Latest'], { partition: 0, start: 'latest' }],
    [['--partition', '2', '--offset', '42'], { partition: 2, start: 42 }],
    [[], { topic: 't' }],
  ])('%j is %j', async (args, from) => {
    const options = parseOptions(CONSUMER_OPTIONS, ['--topic', 't', ...args])
    expect((await readPlan(options, new MemoryIo())).from()).toMatchObject(from)
  })
})

describe('what cannot be', () => {
  test.each([
    [['--command-property', 'group.protocol=consumer'], 'klog consumes with the classic group protocol only'],
    [['--command-property', 'security.protocol=SSL'], 'connect to PLAINTEXT listeners only'],
  ])('%j is told in a line, with what to do instead', async (args, message) => {
    const run = await runInMemory(consoleConsumerTool, ['--topic', 't', ...args])
    expect(run).toMatchObject({ exit: 1, out: '' })
    expect(run.err.split('\n')).toEqual([expect.stringContaining(message), expect.stringMatching(/^klog: \S/), ''])
  })

  test.each([
    [['--whitelist', 'x'], 'klog: today: --include, with a Java regular expression'],
    [['--new-consumer'], 'klog: today: leave it out, there is one consumer only'],
  ])('%j, removed by Kafka, gets its error and then what to type today', async (args, advice) => {
    const run = await runInMemory(consoleConsumerTool, args)
    expect(run.exit).toBe(1)
    expect(run.err).toMatch(/^\S+ is not a recognized option\n/)
    expect(run.err.trimEnd().split('\n').at(-1)).toBe(advice)
  })
})
