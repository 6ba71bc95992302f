import { expect, test } from 'vitest'
import { parsePartitions } from '../../../src/cli/leader-election/options.js'

test('a file names the partitions to elect for', () => {
  const text = '{"partitions":[{"topic":"t","partition":1},{"topic":"t","partition":0}],"version":1}'
  expect(parsePartitions(text)).toEqual([
    { topic: 't', partition: 1 },
    { topic: 't', partition: 0 },
  ])
})

test.each([
  ['x', 'Replica election data is empty'],
  ['{}', 'Replica election data is missing "partitions" field'],
  ['[]', 'Expected JSON object, received []'],
  ['{"partitions":[{"topic":"t"}]}', 'No such field exists: `partition`'],
  [
    '{"partitions":[{"topic":"t","partition":0},{"topic":"t","partition":0}]}',
    'Replica election data contains duplicate partitions: [t-0]',
  ],
])('%s is none, in Kafka’s words', (text, message) => {
  expect(() => parsePartitions(text)).toThrow(message)
})
