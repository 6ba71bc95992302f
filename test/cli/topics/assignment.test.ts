import { expect, test } from 'vitest'
import { parseAssignment } from '../../../src/cli/topics/assignment.js'

test('an assignment lists the brokers of each partition', () => {
  expect(parseAssignment('0:1,1:2')).toEqual([
    [0, 1],
    [1, 2],
  ])
  expect(parseAssignment('0, 1 ,2,')).toEqual([[0], [1], [2]])
  expect(parseAssignment('')).toEqual([])
})

test.each([
  ['0:1:0', 'Partition replica lists may not contain duplicate entries: 0'],
  ['0,0:1', 'Partition 1 has different replication factor: [0, 1]'],
  ['a', 'For input string: "a"'],
  ['0,,1', 'For input string: ""'],
])('%s is none, in Kafka’s words', (text, message) => {
  expect(() => parseAssignment(text)).toThrow(message)
})
