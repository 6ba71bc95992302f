import { describe, expect, test } from 'vitest'
import { parseRecordLine, RECORD, recordLine } from '../../../src/cli/data/record-json.js'
import type { ConsumedRecord } from '../../../src/client/consumer/fetched-chunk.js'
import { misshapen } from '../../support/shaped.js'

const BINARY = Buffer.from([0xff, 0xfe, 0])
const record = (rest: Partial<ConsumedRecord>): ConsumedRecord => ({
  topic: 'orders',
  partition: 2,
  offset: 7,
  timestamp: 1000,
  timestampType: 'CreateTime',
  key: null,
  value: null,
  headers: [],
  ...rest,
})
const parse = (text: string) => parseRecordLine(Buffer.from(text), 'line 1')

describe('a record as JSON', () => {
  test('is one line with values of their types', () => {
    const line = recordLine(record({ key: Buffer.from('k\n"'), value: BINARY, headers: [{ key: 'h', value: null }] }))
    expect(line).toBe(
      '{"topic":"orders","partition":2,"offset":7,"timestamp":1000,"timestampType":"CreateTime","key":"k\\n\\"","value":{"base64":"//4A"},"headers":[{"key":"h","value":null}]}',
    )
    expect(
      misshapen(RECORD, [JSON.parse(recordLine(record({ key: Buffer.from('k'), value: Buffer.from('') })))]),
    ).toEqual([])
  })

  test.each([
    ['a tombstone', { value: null }],
    ['nothing at all as value', { value: Buffer.alloc(0) }],
    ['bytes that are no UTF-8', { key: BINARY, value: BINARY, headers: [{ key: 'b', value: BINARY }] }],
    ['text that looks like the marker', { value: Buffer.from('{"base64":"AAAA"}') }],
    [
      'characters outside the first plane, a byte order mark, line ends',
      { value: Buffer.from('\ufeff😀\r\n\u2028\0') },
    ],
    ['a header twice', { headers: [1, 2].map((n) => ({ key: 'h', value: Buffer.from(String(n)) })) }],
  ])('%s is read back as it was', (_, rest) => {
    const { key, value, headers, timestamp, partition } = record(rest)
    expect(parse(recordLine(record(rest)))).toEqual({ key, value, headers, timestamp, partition })
  })

  test('needs no more than a value when it is read', () => {
    const nothing = { key: null, headers: [], timestamp: null, partition: null }
    expect(parse('{"value":"v"}')).toEqual({ ...nothing, value: Buffer.from('v') })
    expect(parse(recordLine(record({ timestamp: -1 }))).timestamp).toBeNull()
  })

  test.each([
    ['{"value":', /line 1: this is not JSON/],
    ['[]', /not a JSON object/],
    ['{}', /there is no "value"/],
    ['{"value":1}', /"value" is neither a text/],
    ['{"value":{"base64":"$$"}}', /"value" has what is no base64/],
    ['{"value":null,"headers":{}}', /"headers" is not a list/],
    ['{"value":null,"headers":[{"value":"x"}]}', /a header has no "key"/],
    ['{"value":null,"partition":-1}', /"partition" is no partition/],
    ['{"value":null,"timestamp":"now"}', /"timestamp" is not milliseconds/],
  ])('%s is refused, and it is said why', (line, reason) => {
    expect(() => parse(line)).toThrow(reason)
  })
})
