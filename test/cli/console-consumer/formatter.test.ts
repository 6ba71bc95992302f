import { describe, expect, test } from 'vitest'
import { loadFormatter } from '../../../src/cli/console-consumer/formatters.js'
import type { ConsumedRecord } from '../../../src/client/consumer/fetched-chunk.js'

const RECORD: ConsumedRecord = {
  topic: 't',
  partition: 3,
  offset: 7,
  timestamp: 123,
  timestampType: 'CreateTime',
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: [
    { key: 'h1', value: Buffer.from('v1') },
    { key: 'h2', value: null },
    { key: 'h1', value: Buffer.from('v3') },
  ],
}

async function format(
  properties: Record<string, string>,
  record: Partial<ConsumedRecord> = {},
  className = 'org.apache.kafka.tools.consumer.DefaultMessageFormatter',
): Promise<Buffer> {
  const formatter = await loadFormatter(className, new Map(Object.entries(properties)), () => {})
  const written: Uint8Array[] = []
  formatter.format({ ...RECORD, ...record }, (bytes) => written.push(bytes))
  return Buffer.concat(written)
}

const ALL = Object.fromEntries(
  ['timestamp', 'partition', 'offset', 'delivery', 'epoch', 'headers', 'key', 'value'].map((name) => [
    `print.${name}`,
    'true',
  ]),
)

describe('a record that is printed', () => {
  test.each([
    ['is its value on a line', {}, {}, 'v\n'],
    [
      'shows columns in an order of their own',
      ALL,
      {},
      'CreateTime:123\tPartition:3\tOffset:7\tDelivery:NOT_PRESENT\tEpoch:NOT_PRESENT\th1:v1,h2:null,h1:v3\tk\tv\n',
    ],
    ['is nothing at all without columns', { 'print.value': 'false' }, {}, ''],
    ['ends its line after the last column', { 'print.key': 'true', 'print.value': 'false' }, {}, 'k\n'],
    ['shows null as a word', { 'print.key': 'true' }, { key: null, value: null }, 'null\tnull\n'],
    ['shows null as any word', { 'print.key': 'true', 'null.literal': 'NIL' }, { key: null }, 'NIL\tv\n'],
    ['says that there are no headers', { 'print.headers': 'true' }, { headers: [] }, 'NO_HEADERS\tv\n'],
    ['has separators of its own', { 'print.key': 'true', 'key.separator': '|', 'line.separator': ';' }, {}, 'k|v;'],
    ['may have empty separators', { 'print.key': 'true', 'key.separator': '', 'line.separator': '' }, {}, 'kv'],
    [
      'divides headers as it is told',
      { 'print.headers': 'true', 'headers.separator': ' & ' },
      {},
      'h1:v1 & h2:null & h1:v3\tv\n',
    ],
    [
      'shows when the log took it',
      { 'print.timestamp': 'true' },
      { timestampType: 'LogAppendTime' as const },
      'LogAppendTime:123\tv\n',
    ],
    ['shows that it has no time', { 'print.timestamp': 'true' }, { timestampType: null }, 'NO_TIMESTAMP\tv\n'],
    [
      'takes true in any letters and nothing else for true',
      { 'print.key': ' TRUE ', 'print.offset': 'yes' },
      {},
      'k\tv\n',
    ],
    [
      'has deserializers for each part',
      { 'print.key': 'true', 'key.deserializer': 'ShortDeserializer' },
      { key: Buffer.of(1, 2) },
      '258\tv\n',
    ],
    [
      'hands settings on to its deserializers',
      { 'value.deserializer': 'StringDeserializer', 'value.deserializer.deserializer.encoding': 'ISO-8859-1' },
      { value: Buffer.of(0xe9) },
      'é\n',
    ],
    [
      'shows bytes as they are for a deserializer that does not exist',
      { 'value.deserializer': 'no.such.Class' },
      {},
      'v\n',
    ],
  ])('%s', async (_, properties, record, expected) => {
    expect((await format(properties, record)).toString()).toBe(expected)
  })

  test('is bytes, whatever they are', async () => {
    const value = Buffer.from([0, 0xff, 0x0a, 0xc3, 0x28])
    expect(await format({ 'line.separator': '' }, { value })).toEqual(value)
  })

  test('cannot be shown when a deserializer refuses it, but what came before stays', async () => {
    const formatter = await loadFormatter(
      'org.apache.kafka.tools.consumer.DefaultMessageFormatter',
      new Map([
        ['print.headers', 'true'],
        ['headers.deserializer', 'org.apache.kafka.common.serialization.IntegerDeserializer'],
      ]),
      () => {},
    )
    const written: string[] = []
    expect(() => formatter.format(RECORD, (bytes) => written.push(Buffer.from(bytes).toString()))).toThrow(
      'Size of data received by IntegerDeserializer is not 4',
    )
    expect(written.join('')).toBe('h1:')
  })

  test('is nothing for a formatter that prints nothing', async () => {
    expect(await format({}, {}, 'org.apache.kafka.tools.consumer.NoOpMessageFormatter')).toHaveLength(0)
  })

  test('looks the same with the formatter that also logs', async () => {
    expect((await format({}, {}, 'LoggingMessageFormatter')).toString()).toBe('v\n')
  })

  test('an unknown formatter is refused by its name', async () => {
    await expect(format({}, {}, 'kafka.tools.DefaultMessageFormatter')).rejects.toThrow(
      /^kafka\.tools\.DefaultMessageFormatter$/,
    )
  })
})
