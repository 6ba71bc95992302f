import { expect, test } from 'vitest'
import { parsePlan } from '../../../src/cli/delete-records/plan.js'

test('a plan names partitions and offsets', () => {
  const text = '{"partitions":[{"topic":"t","partition":0,"offset":3},{"topic":"t","partition":1,"offset":-1}]}'
  expect(parsePlan(text)).toEqual([
    { topic: 't', partition: 0, offset: 3 },
    { topic: 't', partition: 1, offset: -1 },
  ])
  expect(parsePlan('{"version":1,"partitions":[],"more":{}}')).toEqual([])
})

const plan = (partition: string): string => `{"partitions":[${partition}]}`

test.each([
  ['{', 'The input string is not a valid JSON'],
  ['{}', 'Missing partitions field'],
  ['{"version":2}', 'Not supported version field value 2'],
  ['{"version":"1"}', 'Expected `Integer` value, received "1"'],
  ['{"partitions":{}}', 'Expected JSON array, received {}'],
  [plan('1'), 'Expected JSON object, received 1'],
  [plan('{"partition":0,"offset":1}'), 'No such field exists: `topic`'],
  [plan('{"topic":null,"partition":0,"offset":1}'), 'Expected `String` value, received null'],
  [plan('{"topic":"t","partition":2147483648,"offset":1}'), 'Expected `Integer` value, received 2147483648'],
  [plan('{"topic":"t","partition":0,"offset":1.5}'), 'Expected `Long` value, received 1.5'],
  [
    plan('{"topic":"t","partition":0,"offset":1},{"topic":"t","partition":0,"offset":2}'),
    'Offset json file contains duplicate topic partitions: t-0',
  ],
])('%s is none, in Kafka’s words', (text, message) => {
  expect(() => parsePlan(text)).toThrow(message)
})
