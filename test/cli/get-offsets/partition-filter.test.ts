import { expect, test } from 'vitest'
import { GET_OFFSETS_OPTIONS } from '../../../src/cli/get-offsets/options.js'
import { partitionFilter } from '../../../src/cli/get-offsets/partition-filter.js'
import { parseOptions } from '../../../src/cli/kafka-options.js'

const PARTITIONS = ['a', 'b'].flatMap((topic) => [0, 1, 2, 3].map((partition) => ({ topic, partition })))

function selected(...args: string[]): string {
  const isSelected = partitionFilter(parseOptions(GET_OFFSETS_OPTIONS, args))
  return PARTITIONS.filter(isSelected)
    .map(({ topic, partition }) => `${topic}${partition}`)
    .join(' ')
}

test.each([
  [['--topic-partitions', 'a:1-3'], 'a1 a2'],
  [['--topic-partitions', 'a:2-,b:-1'], 'a2 a3 b0'],
  [['--topic-partitions', ':3'], 'a3 b3'],
  [['--topic-partitions', 'a:'], 'a0 a1 a2 a3'],
  [['--topic-partitions', 'a:-'], 'a0 a1 a2 a3'],
  [['--topic-partitions', 'a:0,'], 'a0'],
  [['--topic-partitions', ','], ''],
  [['--topic-partitions', 'a|b:0'], 'a0 b0'],
  [['--topic', 'b', '--partitions', '1,2,9'], 'b1 b2'],
  [['--partitions', ''], 'a0 a1 a2 a3 b0 b1 b2 b3'],
])('%j selects %s', (args, expected) => {
  expect(selected(...args)).toBe(expected)
})

test.each([
  [['--topic-partitions', 'a:b'], 'Invalid rule specification: a:b'],
  [['--topic-partitions', 'a:1:2'], 'Invalid rule specification: a:1:2'],
  [['--topic-partitions', 'a:99999999999'], 'For input string: "99999999999"'],
  [['--partitions', '1,,2'], 'received: 1,,2'],
  [['--topic', '['], '[ is an invalid regex.'],
])('%j is refused', (args, message) => {
  expect(() => selected(...args)).toThrow(message)
})
