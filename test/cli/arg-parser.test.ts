import { expect, test } from 'vitest'
import { parseArgs } from '../../src/cli/arg-parser.js'
import { justified } from '../../src/cli/arg-wrap.js'
import { clusterCommands } from '../../src/cli/cluster/commands.js'

const parse = (...args: string[]) => {
  const given = parseArgs(clusterCommands(true), args)
  return given === null ? null : { command: given.command.name, ...Object.fromEntries(given.values) }
}

test.each([
  [['cluster-id', '-b', 'h:1'], { command: 'cluster-id', 'bootstrap-server': 'h:1' }],
  [['cluster-id', '-bh:1'], { command: 'cluster-id', 'bootstrap-server': 'h:1' }],
  [['cluster-id', '--bootstrap-server=h:1'], { command: 'cluster-id', 'bootstrap-server': 'h:1' }],
  [['unregister', '-b', 'h:1', '--id', '-1'], { command: 'unregister', 'bootstrap-server': 'h:1', id: '-1' }],
  [['--help'], null],
  [['unregister', '--help'], null],
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
