import { describe, expect, test } from 'vitest'
import { RecordParser } from '../../../src/cli/console-producer/record-parser.js'

const KEYS = { 'parse.key': 'true' }
const HEADERS = { 'parse.headers': 'true' }
const BOTH = { ...KEYS, ...HEADERS }
const LENIENT = { 'ignore.error': 'true' }
const NULLS = { 'null.marker': 'NULL' }

function parse(properties: Record<string, string>, ...lines: string[]): unknown[] {
  const parser = new RecordParser(new Map(Object.entries(properties)))
  return lines.map((line) => {
    const { key, value, headers } = parser.parse(Buffer.from(line))
    return [
      key === null ? null : key.toString(),
      value === null ? null : value.toString(),
      ...headers.map((header) => `${header.key}=${header.value === null ? null : header.value.toString()}`),
    ]
  })
}

describe('a line of input', () => {
  test.each([
    ['is the value', {}, 'a\tb', [null, 'a\tb']],
    ['may be empty, which is no null', {}, '', [null, '']],
    ['is key and value divided by a tab', KEYS, 'k\tv', ['k', 'v']],
    ['is divided at the first separator', KEYS, 'k\ta\tb', ['k', 'a\tb']],
    ['may have an empty key', KEYS, '\tv', ['', 'v']],
    ['may have an empty value', KEYS, 'k\t', ['k', '']],
    ['may be divided by text of any length', { ...KEYS, 'key.separator': '=>' }, 'k=>v', ['k', 'v']],
    ['may be divided by nothing, before the value', { ...KEYS, 'key.separator': '' }, 'kv', ['', 'kv']],
    ['has no key where leniency allows it', { ...KEYS, ...LENIENT }, 'v', [null, 'v']],
    ['has no key unless parse.key is true in letters', { 'parse.key': ' True ' }, 'k\tv', ['k', 'v']],
    ['has no key for parse.key=1', { 'parse.key': '1' }, 'k\tv', [null, 'k\tv']],
    ['begins with headers', HEADERS, 'h1:v1,h2:v2\tv', [null, 'v', 'h1=v1', 'h2=v2']],
    ['has headers, then the key', BOTH, 'h:1\tk\tv', ['k', 'v', 'h=1']],
    ['may repeat a header', HEADERS, 'h:a,x:b,h:c\tv', [null, 'v', 'h=a', 'x=b', 'h=c']],
    ['may have empty header values and keys', HEADERS, 'h:,:e\tv', [null, 'v', 'h=', '=e']],
    ['splits a header at the first separator', HEADERS, 'h:a:b\tv', [null, 'v', 'h=a:b']],
    ['drops empty pairs at the end only', HEADERS, 'h:1,,\tv', [null, 'v', 'h=1']],
    ['may have a pair separator alone, which is no header', HEADERS, ',\tv', [null, 'v']],
    [
      'has separators of its own',
      { ...HEADERS, 'headers.delimiter': '@@', 'headers.separator': ';', 'headers.key.separator': '=' },
      'a=1;b=2@@v',
      [null, 'v', 'a=1', 'b=2'],
    ],
    [
      'splits headers by a regular expression',
      { ...HEADERS, 'headers.separator': '[+]' },
      'a:1+b:2\tv',
      [null, 'v', 'a=1', 'b=2'],
    ],
    ['has no headers where leniency allows it', { ...BOTH, ...LENIENT, 'headers.delimiter': '@' }, 'k\tv', ['k', 'v']],
    ['has neither headers nor key where leniency allows it', { ...BOTH, ...LENIENT }, 'v', [null, 'v']],
    [
      'has a header without a value where leniency allows it',
      { ...HEADERS, ...LENIENT },
      'abc\tv',
      [null, 'v', 'abc=null'],
    ],
    ['has an empty header where leniency allows it', { ...HEADERS, ...LENIENT }, '\tv', [null, 'v', '=null']],
    ['is null where the marker stands', NULLS, 'NULL', [null, null]],
    ['is no null where the marker is part of it', NULLS, '<NULL>', [null, '<NULL>']],
    [
      'may have null for key, value and header values',
      { ...BOTH, ...NULLS },
      'h1:v1,h2:NULL\tNULL\tNULL',
      [null, null, 'h1=v1', 'h2=null'],
    ],
    ['may have null for all headers', { ...BOTH, ...NULLS }, 'NULL\tk\tv', ['k', 'v']],
    ['is text beyond ASCII', { ...KEYS, 'key.separator': '€' }, 'ключ€héllo 😀', ['ключ', 'héllo 😀']],
  ])('%s', (_, properties, line, expected) => {
    expect(parse(properties, line)).toEqual([expected])
  })

  test.each([
    [KEYS, ['k\tv', 'abc'], "No key separator found on line number 2: 'abc'"],
    [HEADERS, ['abc'], "No headers delimiter found on line number 1: 'abc'"],
    [BOTH, ['h:1\tk'], "No key separator found on line number 1: 'h:1\tk'"],
    [HEADERS, ['abc\tv'], "No header key separator found in pair 'abc' on line number 1"],
    [BOTH, ['\tk\tv'], "No header key separator found in pair '' on line number 1"],
    [
      { ...HEADERS, ...NULLS, ...LENIENT },
      ['NULL:v\tx'],
      "Header keys should not be equal to the null marker 'NULL' as they can't be null",
    ],
  ])('with %o: %j is refused in the words of Kafka', (properties, lines, message) => {
    expect(() => parse(properties, ...lines)).toThrow(message)
  })

  test.each([
    ['headers.delimiter', 'headers.separator'],
    ['headers.delimiter', 'headers.key.separator'],
    ['headers.separator', 'headers.key.separator'],
    ['null.marker', 'key.separator'],
    ['null.marker', 'headers.separator'],
    ['null.marker', 'headers.delimiter'],
    ['null.marker', 'headers.key.separator'],
  ])('%s and %s must differ, whether they are used or not', (first, second) => {
    expect(() => parse({ [first]: '#', [second]: '#' })).toThrow(`${first} and ${second} may not be equal`)
  })

  test('the separators of keys and of the header section may be the same', () => {
    expect(parse({ 'key.separator': '#', 'headers.delimiter': '#' }, 'v')).toEqual([[null, 'v']])
  })
})
