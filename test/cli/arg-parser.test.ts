import { expect, test } from 'vitest'
import { parseArgs } from '../../src/cli/arg-parser.js'
import { justified } from '../../src/cli/arg-wrap.js'
import { clusterGrammar } from '../../src/cli/cluster/commands.js'

const parse = (...args: string[]) => {
  const given = parseArgs(clusterGrammar(true), args)
  if (typeof given === 'string') return given
  const names = ['bootstrap-server', 'id'] as const
  const values = names.filter((name) => given.values.has(name)).map((name) => [name, given.values.get(name)])
  return { command: given.command, ...Object.fromEntries(values) }
}

test.each([
  [['cluster-id', '-b', 'h:1'], { command: 'cluster-id', 'bootstrap-server': 'h:1' }],
  [['cluster-id', '-bh:1'], { command: 'cluster-id', 'bootstrap-server': 'h:1' }],
  [['cluster-id', '--bootstrap-server=h:1'], { command: 'cluster-id', 'bootstrap-server': 'h:1' }],
  [['unregister', '-b', 'h:1', '--id', '-1'], { command: 'unregister', 'bootstrap-server': 'h:1', id: '-1' }],
  [['--help'], 'help'],
  [['unreg', '--bootstrap-s', 'h:2', '-i1'], { command: 'unregister', 'bootstrap-server': 'h:2', id: '1' }],
  [['unregister', '--help'], 'help'],
])('%j is understood', (args, expected) => {
  expect(parse(...args)).toEqual(expected)
})

test.each([
  [[], 'too few arguments'],
  [['--version'], "unrecognized arguments: '--version'"],
  [['foo'], "invalid choice: 'foo' (choose from 'cluster-id', 'unregister', 'list-endpoints')"],
  [['cluster-id'], 'one of the arguments --bootstrap-server/-b --bootstrap-controller/-C is required'],
  [['cluster-id', '-b', 'h:1', '--foo'], "unrecognized arguments: '--foo'"],
  [['cluster-id', '-b'], 'argument --bootstrap-server/-b: expected one argument'],
  [['cluster-id', '-b', '--foo'], 'argument --bootstrap-server/-b: expected one argument'],
  [
    ['cluster-id', '-b', 'h:1', '-C', 'h:2'],
    'argument --bootstrap-controller/-C: not allowed with argument --bootstrap-server/-b',
  ],
  [['unregister', '-b', 'h:1'], 'argument --id/-i is required'],
  [['cluster-id', '--boot', 'h:1'], 'ambiguous option: --boot could match --bootstrap-controller, --bootstrap-server'],
  [['cluster-id', '-b', 'h:1', 'more', 'words'], "unrecognized arguments: 'more words'"],
  [['unregister', '-i', 'x'], 'argument --id/-i: could not convert \'x\' to Integer (For input string: "x")'],
])('%j is refused', (args, message) => {
  expect(() => parse(...args)).toThrow(message)
})

test('long messages are set in lines of 75 characters with straight edges', () => {
  const text = 'kafka-cluster: error: argument --id/-i: could not convert \'x\' to Integer (For input string: "x")'
  expect(justified(text)).toBe(
    'kafka-cluster: error: argument --id/-i:  could  not  convert \'x\' to Integer\n(For input string: "x")\n',
  )
  expect(justified('kafka-cluster: error: argument --bootstrap-server/-b: expected one argument')).toBe(
    'kafka-cluster:  error:   argument   --bootstrap-server/-b:   expected   one\nargument\n',
  )
})
