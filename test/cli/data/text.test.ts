import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readFormat } from '../../../src/cli/data/output-option.js'
import { type Field, type Fields, number, orNull, type Row, rows, shape, text } from '../../../src/cli/data/shape.js'
import { shapesText } from '../../../src/cli/data/shape-text.js'
import { tableText } from '../../../src/cli/data/table-text.js'
import { yamlText } from '../../../src/cli/data/yaml-text.js'
import { ownTools } from '../../../src/cli/own-tools.js'
import { tools } from '../../../src/cli/tools.js'

const shapes = (await Promise.all(Object.values({ ...tools, ...ownTools }).map((load) => load()))).flatMap(
  ({ name, data }) => data.map((shape) => [`${name} ${shape.when}`, shape] as const),
)

/** A row with the longest things that are usual. */
function longRow(fields: Fields): Row {
  const value = (field: Field<unknown>): unknown => {
    switch (field.kind) {
      case 'number':
        return 1_700_000_000_000
      case 'boolean':
        return false
      case 'text':
      case 'any':
        return 'a-very-long-name.with.dots-and-more-of-it.for-the-accounting-department'
      case 'texts':
        return ['CONTROLLER://a-host.example.com:9093', 'CONTROLLER://another-host.example.com:9093']
      case 'numbers':
        return [100_001, 100_002, 100_003]
      case 'map':
        return { 'min.insync.replicas': '2', 'leader.replication.throttled.replicas': '0:1,1:2,2:0' }
      case 'rows':
        return [longRow(field.fields!), longRow(field.fields!)]
    }
  }
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, value(field)]))
}

const PLAIN = { hasColour: false, width: null }
const SHAPE = shape(
  '--list',
  { name: text('its name'), lag: orNull(number('records')), parts: rows('its parts', { index: number('its number') }) },
  { expands: 'parts' },
)

describe('a table', () => {
  test('has a line for each row, numbers to the right and a dash for null', () => {
    const flat = shape('', { logEndOffset: number('n'), name: orNull(text('t')) })
    const table = tableText(
      flat,
      [
        { logEndOffset: 12, name: 'a' },
        { logEndOffset: 3, name: null },
      ],
      PLAIN,
    )
    expect(table.split('\n')).toEqual(['LOG-END-OFFSET  NAME', '            12  a', '             3  -', ''])
  })

  test('expands a list into lines, and keeps a row whose list is empty', () => {
    const parted = { name: 'a', lag: 1, parts: [{ index: 0 }, { index: 1 }] }
    const table = tableText(SHAPE, [parted, { name: 'b', lag: null, parts: [] }], PLAIN)
    expect(table).toBe('NAME  LAG  INDEX\na       1      0\na       1      1\nb       -      -\n')
  })

  test('is no wider than the terminal: the widest column is broken', () => {
    const flat = shape('', { name: text('t'), other: text('t') })
    const table = tableText(flat, [{ name: 'x'.repeat(60), other: 'y'.repeat(30) }], { hasColour: true, width: 60 })
    const lines = table.replace(/\u001b\[\d+m/g, '').split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60)
    expect(table.match(/x/g)).toHaveLength(60)
    // Every colour that begins in a line ends in it.
    for (const line of table.split('\n')) expect(line.split('\u001b[1m').length).toBe(line.split('\u001b[22m').length)
  })

  test('of 80 columns breaks titles between words first, then texts, and never a number', () => {
    const wide = shape('', {
      group: text('t'),
      topic: text('t'),
      partition: number('n'),
      currentOffset: number('n'),
      logEndOffset: number('n'),
      lag: number('n'),
      clientId: text('t'),
    })
    const row = {
      group: 'billing-service-of-the-accounting-department',
      topic: 'payments.of.customers.in-all-countries.v2',
      partition: 12,
      currentOffset: 123_456_789_012,
      logEndOffset: 123_456_999_999,
      lag: 210_987,
      clientId: 'console-consumer',
    }
    expect(tableText(wide, [row], { hasColour: false, width: 80 })).toBe(
      [
        'GROUP      TOPIC       PARTITION      CURRENT-      LOG-END-     LAG  CLIENT-ID',
        '                                        OFFSET        OFFSET',
        'billing-   payments.          12  123456789012  123456999999  210987  console-',
        'service-   of.custome                                                 consumer',
        'of-the-    rs.in-',
        'accountin  all-countr',
        'g-departm  ies.v2',
        'ent',
        '',
      ].join('\n'),
    )
  })

  test.each(shapes)('of %s fits 80 columns with long names', (_, shape) => {
    const table = tableText(shape, [longRow(shape.fields)], { hasColour: true, width: 80 })
    const lines = table.replace(/\u001b\[\d+m/g, '').split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('has colour only where it is to have it', () => {
    const flat = shape('', { name: text('t') })
    expect(tableText(flat, [{ name: 'a' }], { hasColour: true, width: 80 })).toContain('\u001b[1mNAME')
    expect(tableText(flat, [{ name: 'a' }], PLAIN)).toBe('NAME\na\n')
  })

  test('without rows is its head', () => {
    expect(tableText(SHAPE, [], PLAIN)).toBe('NAME  LAG  INDEX\n')
  })
})

describe('YAML', () => {
  test('quotes what could be taken for something else', () => {
    expect(
      yamlText({ a: 'no', b: '1', c: 'x: y', d: '', e: null, f: 1, g: '2026-01-01', h: 'orders', i: '-', on: true }),
    ).toBe('a: "no"\nb: "1"\nc: "x: y"\nd: ""\ne: null\nf: 1\ng: "2026-01-01"\nh: orders\ni: "-"\n"on": true\n')
  })

  test('nests objects and lists', () => {
    expect(yamlText([{ a: [1, 2], b: [{ c: 'x', d: [] }], e: { f: 1 }, g: {} }, 'x'])).toBe(
      '- a: [1, 2]\n  b:\n    - c: x\n      d: []\n  e:\n    f: 1\n  g: {}\n- x\n',
    )
  })

  test('an empty list is one, and so is an empty object', () => {
    expect(yamlText([])).toBe('[]\n')
    expect(yamlText({})).toBe('{}\n')
  })

  test('has no line end of Unicode in it bare', () => {
    expect(yamlText({ a: 'x\u2028y\u0085' })).toBe('a: "x\\u2028y\\u0085"\n')
  })
})

test('a format that there is not is refused with those that there are', () => {
  expect(() => readFormat('xml')).toThrow('--output xml: there is no such format')
  expect(readFormat(undefined)).toBeNull()
  expect(readFormat('yaml')).toBe('yaml')
})

test('the help names every field, and marks those that may be null', () => {
  expect(shapesText([SHAPE])).toBe(
    [
      '  --list: a list of objects',
      '    name   text      its name',
      '    lag    number?   records',
      '    parts  list      its parts',
      '      index  number    its number',
      '',
    ].join('\n'),
  )
})

test('what makes tables and colours is loaded for a table only: scripts call the tools in loops', () => {
  const src = join(import.meta.dirname, '../../../src')
  const files = readdirSync(join(src, 'cli'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const users = files.filter((file) => /from '(?:chalk|cli-table3)'/.test(readFileSync(join(src, 'cli', file), 'utf8')))
  // The program for klog's own commands, and texts that only those print, are not in the tools' program.
  expect(users.filter((file) => /^(?:data|topics|console-|consumer-|lag|wait|cat)/.test(file))).toEqual([
    'data/table-text.ts',
  ])
  const loaders = files.filter((file) =>
    readFileSync(join(src, 'cli', file), 'utf8').includes("from './table-text.js'"),
  )
  expect(loaders).toEqual([])
})
