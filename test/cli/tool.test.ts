import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/base/user-error.js'
import { optionSpecs } from '../../src/cli/kafka-options.js'
import { refuseTogether, requireOptions } from '../../src/cli/option-rules.js'
import { defineTool } from '../../src/cli/tool.js'
import { runInMemory } from '../support/memory-io.js'

const definition = {
  name: 'sample',
  summary: 'Does nothing in particular.',
  options: optionSpecs([
    { name: 'topic', argument: 'required', value: 'name', about: 'Where to do nothing.' },
    { name: 'list', about: 'List it.' },
    { name: 'count', argument: 'required', type: 'int', about: 'How often.' },
  ]),
  examples: ['--topic orders'],
  removed: { zookeeper: 'use --bootstrap-server' },
}
const tool = defineTool({
  ...definition,
  act: async (options, io) => {
    refuseTogether(options, 'topic', ['list'])
    requireOptions(options, 'topic')
    if (options.text('topic') === 'forbidden') throw new UserError('not here', 'try there')
    io.stdout.line(`${options.text('topic')} ${options.int('count') ?? 1}`)
    return 0
  },
})

describe('a tool', () => {
  test('does its work and says how it went', async () => {
    expect(await runInMemory(tool, ['--topic', 'x', '--count', '2'])).toEqual({ exit: 0, out: 'x 2\n', err: '' })
  })

  test('without arguments tells its purpose and options on stderr, exit code 1', async () => {
    const run = await runInMemory(tool, [])
    expect(run).toMatchObject({ exit: 1, out: '' })
    expect(run.err).toMatch(/^Does nothing in particular\.\n {2}--topic <name> +Where to do nothing\.\n/)
  })

  test('tells them on stdout when asked for help, whatever else is wrong', async () => {
    const run = await runInMemory(tool, ['--help', '--topic', 'x', '--list'])
    expect(run).toMatchObject({ exit: 0, err: '' })
    expect(run.out).toContain('--count <int>')
    expect(run.out).toContain('klog sample --topic orders')
  })

  test('prints the version of Kafka that it equals', async () => {
    expect(await runInMemory(tool, ['--version', '--list'])).toEqual({ exit: 0, out: '4.3.1\n', err: '' })
  })

  test('shows its options below a message about wrong usage', async () => {
    const run = await runInMemory(tool, ['--list'])
    expect(run).toMatchObject({ exit: 1, out: '' })
    expect(run.err).toMatch(/^Missing required argument "\[topic\]"\n {2}--topic/)
    const clash = await runInMemory(tool, ['--list', '--topic', 'x'])
    expect(clash.err).toMatch(/^Option "\[topic\]" can't be used with option "\[list\]"\n/)
  })

  test('prints the message alone when the command line cannot be parsed or read', async () => {
    expect(await runInMemory(tool, ['--foo'])).toEqual({ exit: 1, out: '', err: 'foo is not a recognized option\n' })
    expect(await runInMemory(tool, ['--topic', 'x', '--count', 'y'])).toEqual({
      exit: 1,
      out: '',
      err: "Cannot parse argument 'y' of option count\n",
    })
  })

  test('shows its options below a parse error where Kafka does', async () => {
    const other = defineTool({ ...definition, showsTableOnParseError: true, act: async () => 0 })
    expect((await runInMemory(other, ['--foo'])).err).toMatch(/^foo is not a recognized option\n {2}--topic/)
  })

  test("names today's option after Kafka's error for a removed one", async () => {
    const run = await runInMemory(tool, ['--zookeeper', 'localhost:2181'])
    expect(run.err).toBe('zookeeper is not a recognized option\nklog: use --bootstrap-server\n')
  })

  test('tells a mistake and the next step in a line each', async () => {
    const run = await runInMemory(tool, ['--topic', 'forbidden'])
    expect(run).toEqual({ exit: 1, out: '', err: 'klog: not here\nklog: try there\n' })
  })
})
