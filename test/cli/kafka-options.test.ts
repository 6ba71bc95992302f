import { describe, expect, test } from 'vitest'
import { OptionError, optionSpecs, parseOptions } from '../../src/cli/kafka-options.js'

const SPECS = optionSpecs([
  { name: 'topic', argument: 'required', about: '' },
  { name: 'partitions', argument: 'required', type: 'int', about: '' },
  { name: 'timeout', argument: 'required', type: 'long', about: '' },
  { name: 'codec', argument: 'optional', about: '' },
  { name: 'list', about: '' },
  { name: 'describe', about: '' },
  { name: 'members', availableWith: ['describe'], about: '' },
  { name: 'state', argument: 'optional', availableWith: ['describe', 'list'], about: '' },
  { name: 'sync', about: '' },
  { name: 'help', about: '' },
])
const parse = (...args: string[]) => parseOptions(SPECS, args)
const failure = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof OptionError) return error.message
    throw error
  }
  return 'nothing was thrown'
}

describe('a command line', () => {
  test('takes a value as the next word or after an equals sign', () => {
    expect(parse('--topic', 'x').text('topic')).toBe('x')
    expect(parse('--topic=x').text('topic')).toBe('x')
    expect(parse('--topic=a=b').text('topic')).toBe('a=b')
  })

  test('takes a whole option name after a single dash too', () => {
    expect(parse('-topic', 'x').text('topic')).toBe('x')
    expect(parse('-topic=x').text('topic')).toBe('x')
    expect(parse('-list').has('list')).toBe(true)
  })

  test('names only the first letter of an unknown single-dash word', () => {
    expect(failure(() => parse('-foo'))).toBe('f is not a recognized option')
    expect(failure(() => parse('-=x'))).toBe('= is not a recognized option')
  })

  test('knows no abbreviations', () => {
    expect(failure(() => parse('--top', 'x'))).toBe('top is not a recognized option')
    expect(failure(() => parse('--foo=1'))).toBe('foo is not a recognized option')
  })

  test('takes whatever follows as a required argument', () => {
    const options = parse('--topic', '--list')
    expect(options.text('topic')).toBe('--list')
    expect(options.has('list')).toBe(false)
    expect(failure(() => parse('--list', '--topic'))).toBe('Option topic requires an argument')
  })

  test('takes no option as an optional argument', () => {
    const options = parse('--codec', '--sync')
    expect(options.has('codec')).toBe(true)
    expect(options.hasArgument('codec')).toBe(false)
    expect(options.has('sync')).toBe(true)
    expect(parse('--codec', 'zstd').text('codec')).toBe('zstd')
    expect(parse('--codec').hasArgument('codec')).toBe(false)
  })

  test('gives the empty value after a lone equals sign', () => {
    expect(parse('--codec=').text('codec')).toBe('')
    expect(parse('--topic=', 'x').text('topic')).toBe('')
  })

  test('drops what is attached to a flag', () => {
    expect(parse('--list=1').has('list')).toBe(true)
  })

  test('takes a negative number as a value', () => {
    expect(parse('--partitions', '-3').int('partitions')).toBe(-3)
  })

  test('ignores words that belong to no option, a lone dash, and everything after two dashes', () => {
    const options = parse('stray', '--list', '-', 'foo', '--', '--describe', '--foo')
    expect(options.given()).toEqual(['list'])
  })

  test('may repeat a flag', () => {
    expect(parse('--list', '--list').has('list')).toBe(true)
  })

  test('may repeat an option with a value, until a single value is asked for', () => {
    const options = parse('--topic', 'a', '--topic', 'b')
    expect(options.texts('topic')).toEqual(['a', 'b'])
    expect(failure(() => options.text('topic'))).toBe(
      'Found multiple arguments for option topic, but you asked for only one',
    )
  })

  test.each(['abc', '', '1.5', ' 1', '0x10', '2147483648', '--1'])('finds %j no int, when it is read', (text) => {
    const options = parse('--partitions', text)
    expect(failure(() => options.int('partitions'))).toBe(`Cannot parse argument '${text}' of option partitions`)
  })

  test('reads numbers with a sign, and a long beyond 2^53 as the nearest exact number', () => {
    expect(parse('--partitions', '+7').int('partitions')).toBe(7)
    expect(parse('--timeout', '9223372036854775807').long('timeout')).toBe(Number.MAX_SAFE_INTEGER)
    expect(failure(() => parse('--timeout', '9223372036854775808').long('timeout'))).toBe(
      "Cannot parse argument '9223372036854775808' of option timeout",
    )
  })

  test('refuses an option whose companion is missing', () => {
    const message = 'are unavailable given other options on the command line'
    expect(failure(() => parse('--list', '--members'))).toBe(`Option(s) [members] ${message}`)
    expect(failure(() => parse('--members', '--state'))).toBe(`Option(s) [members, state] ${message}`)
    expect(parse('--list', '--state').has('state')).toBe(true)
  })

  test('misses a required option, unless help is asked for', () => {
    const specs = optionSpecs([
      { name: 'bootstrap-server', argument: 'required', isRequired: true, about: '' },
      { name: 'help', about: '' },
    ])
    expect(failure(() => parseOptions(specs, ['x']))).toBe('Missing required option(s) [bootstrap-server]')
    expect(parseOptions(specs, ['--help']).has('help')).toBe(true)
  })
})
