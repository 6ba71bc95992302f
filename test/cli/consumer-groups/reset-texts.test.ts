import { describe, expect, test } from 'vitest'
import { csvFields, csvLine } from '../../../src/cli/consumer-groups/reset/csv.js'
import { parseDateTime } from '../../../src/cli/consumer-groups/reset/date-time.js'
import { parseDurationMs } from '../../../src/cli/consumer-groups/reset/duration.js'

describe('a CSV line', () => {
  test.each([
    ['a'.repeat(24), 'a'.repeat(24)],
    ['a'.repeat(25), `"${'a'.repeat(25)}"`],
    ['g x', '"g x"'],
    ['g+x', '"g+x"'],
    ['g,x', '"g,x"'],
    ['g"x', '"g""x"'],
    ['g#x', '"g#x"'],
    ['g.x', 'g.x'],
    ['g:x', 'g:x'],
    ['g-x', 'g-x'],
    ['g_x', 'g_x'],
  ])('is written with %j as %s', (text, written) => {
    expect(csvLine([text, 0, 17])).toBe(`${written},0,17`)
  })

  test('is read with quotes, doubled quotes and the column of each field', () => {
    expect(csvFields('"g ""x"", y",orders, 0 ,\r')).toEqual([
      { text: 'g "x", y', column: 1 },
      { text: 'orders', column: 14 },
      { text: ' 0 ', column: 21 },
      { text: '', column: 25 },
    ])
  })

  test('must close its quotes', () => {
    expect(() => csvFields('"orders,0,1')).toThrow(
      'Missing closing quote for value\n at [Source: (StringReader); line: 1, column: 12]',
    )
  })
})

describe('a date and time', () => {
  const at = (text: string): string => new Date(parseDateTime(text)).toISOString()

  test.each([
    ['2020-01-01T00:00:00.000', '2020-01-01T00:00:00.000Z'],
    ['2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z'],
    ['2020-01-01T00:00:00.000+02:00', '2019-12-31T22:00:00.000Z'],
    ['2020-01-01T00:00:00.000-05:30', '2020-01-01T05:30:00.000Z'],
    ['2020-01-01T00:00:00.000+02', '2019-12-31T22:00:00.000Z'],
    ['2020-01-01T00:00:00.000+0200', '2019-12-31T22:00:00.000Z'],
    ['2020-1-2T3:4:5.6', '2020-01-02T03:04:05.006Z'],
    ['2020-02-29T23:59:59.999', '2020-02-29T23:59:59.999Z'],
    ['2020-01-01T00:00:00.000Zjunk', '2020-01-01T00:00:00.000Z'],
    ['0020-01-01T00:00:00.000', '0020-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(at(text)).toBe(iso)
  })

  test.each([
    ['2020-01-01T00:00:00', 'Unparseable date: "2020-01-01T00:00:00Z"'],
    ['2020-13-01T00:00:00.000', 'Unparseable date: "2020-13-01T00:00:00.000Z"'],
    ['2019-02-29T00:00:00.000', 'Unparseable date: "2019-02-29T00:00:00.000Z"'],
    ['2020-01-01T24:00:00.000', 'Unparseable date: "2020-01-01T24:00:00.000Z"'],
    ['2020-01-01T00:00:00.1234', 'Unparseable date: "2020-01-01T00:00:00.1234Z"'],
    ['2020-01-01T00:00:00.000z', 'Unparseable date: "2020-01-01T00:00:00.000zZ"'],
    ['2020-01-01', "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format"],
    ['2020-01-01T', "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format"],
  ])('%s is none', (text, message) => {
    expect(() => parseDateTime(text)).toThrow(`java.text.ParseException: ${message}`)
  })
})

describe('a duration', () => {
  test.each([
    ['PT0S', 0],
    ['PT1.5S', 1500],
    ['PT-1.5S', -1500],
    ['PT1H2M3S', 3_723_000],
    ['P1DT2H', 93_600_000],
    ['p1d', 86_400_000],
    ['-PT1H', -3_600_000],
    ['+PT1H', 3_600_000],
    ['P1DT-6H3M', 64_980_000],
    ['-P1DT-6H', -64_800_000],
    ['PT0,25S', 250],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms)
  })

  test.each(['1h', '', 'P', 'PT', 'P1Y', 'P1W', 'P1DT', 'PT1', 'PT1.5M', 'P1H'])('%j is none', (text) => {
    expect(() => parseDurationMs(text)).toThrow(/^Text cannot be parsed to a Duration$/)
  })

  test.each([
    ['PT99999999999999999999S', 'Text cannot be parsed to a Duration: seconds'],
    ['P999999999999999999D', 'Text cannot be parsed to a Duration: days'],
    ['PT9223372036854775807S', 'Instant exceeds minimum or maximum instant'],
  ])('%s is too long', (text, message) => {
    expect(() => parseDurationMs(text)).toThrow(message)
  })
})
