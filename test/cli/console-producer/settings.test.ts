import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PRODUCER_OPTIONS } from '../../../src/cli/console-producer/options.js'
import { producerSettings, readerSettings } from '../../../src/cli/console-producer/settings.js'
import { parseOptions } from '../../../src/cli/kafka-options.js'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'klog-settings-'))
  writeFileSync(join(directory, 'p.properties'), 'linger.ms=5\nacks=1\nclient.id=me\ncompression.type=gzip\n')
  writeFileSync(join(directory, 'r.properties'), 'parse.key=true\nkey.separator=\\t\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

function settings(...args: string[]): Record<string, string> {
  return Object.fromEntries(producerSettings(parseOptions(PRODUCER_OPTIONS, args), 'here:9092', directory))
}

describe("the producer's settings", () => {
  test('have defaults of their own, shorter than those of a producer in a program', () => {
    expect(settings()).toEqual({
      'bootstrap.servers': 'here:9092',
      'compression.type': 'none',
      'client.id': 'console-producer',
      acks: '-1',
      'request.timeout.ms': '1500',
      retries: '3',
      'retry.backoff.ms': '100',
      'linger.ms': '1000',
      'metadata.max.age.ms': '300000',
      'max.block.ms': '60000',
      'buffer.memory': '33554432',
      'send.buffer.bytes': '102400',
      'batch.size': '16384',
    })
  })

  test.each([
    ['a file stands above a default', ['--command-config', 'p.properties'], { 'linger.ms': '5', 'client.id': 'me' }],
    [
      'a property stands above the file',
      ['--command-config', 'p.properties', '--command-property', 'linger.ms=6'],
      { 'linger.ms': '6', acks: '1' },
    ],
    [
      'an option stands above all',
      ['--producer.config', 'p.properties', '--producer-property', 'linger.ms=6', '--timeout', '7'],
      { 'linger.ms': '7' },
    ],
    ['compression is what the option says', ['--command-config', 'p.properties'], { 'compression.type': 'none' }],
    ['compression without a value is gzip', ['--compression-codec'], { 'compression.type': 'gzip' }],
    ['compression of an empty value too', ['--compression-codec='], { 'compression.type': 'gzip' }],
    ['another option after it is no value', ['--compression-codec', '--sync'], { 'compression.type': 'gzip' }],
    [
      'bootstrap servers come from the command line',
      ['--command-property', 'bootstrap.servers=x:1'],
      { 'bootstrap.servers': 'here:9092' },
    ],
    ['a property splits at the first equals sign', ['--command-property', 'a=b=c'], { a: 'b=c' }],
    ['a property without one is empty', ['--command-property', 'a'], { a: '' }],
    [
      'the old name of the batch size wins',
      ['--batch-size', '1', '--max-partition-memory-bytes', '2'],
      { 'batch.size': '2' },
    ],
  ])('%s', (_, args, expected) => {
    expect(settings(...args)).toMatchObject(expected)
  })

  test('how lines are read: the file, then single properties, and a topic that --topic gives', () => {
    const options = parseOptions(PRODUCER_OPTIONS, [
      '--reader-config',
      'r.properties',
      '--reader-property',
      'key.separator=\\t',
    ])
    expect(Object.fromEntries(readerSettings(options, 't', directory))).toEqual({
      topic: 't',
      'parse.key': 'true',
      'key.separator': '\\t',
    })
  })
})
