import { expect, test } from 'vitest'
import { withOldCodes } from '../../src/broker/old-codes.js'

const partition = (errorCode: number) => ({
  throttleTimeMs: 0,
  topics: [{ name: 't', partitions: [{ errorCode, records: Buffer.alloc(2) }] }],
})

// API key, version, what is answered, what that version is told: as Apache Kafka writes it.
const told: [string, number, number, number, number][] = [
  ['Produce', 0, 3, 56, 6],
  ['Produce', 0, 4, 56, 56],
  ['Produce', 0, 12, 100, 3],
  ['Produce', 0, 13, 100, 100],
  ['Fetch', 1, 5, 56, 6],
  ['Fetch', 1, 6, 56, 56],
  ['ListOffsets', 2, 4, 78, 5],
  ['ListOffsets', 2, 5, 78, 78],
  ['Metadata', 3, 5, 72, 5],
  ['Metadata', 3, 6, 72, 72],
  ['OffsetCommit', 8, 8, 69, 22],
  ['OffsetCommit', 8, 9, 69, 69],
  ['DescribeGroups', 15, 5, 69, 0],
  ['DescribeGroups', 15, 6, 69, 69],
  ['DeleteTopics', 20, 2, 73, 42],
  ['DeleteTopics', 20, 3, 73, 73],
  ['InitProducerId', 22, 3, 90, 47],
  ['InitProducerId', 22, 4, 90, 90],
  ['AddPartitionsToTxn', 24, 1, 90, 47],
  ['AddOffsetsToTxn', 25, 1, 90, 47],
  ['EndTxn', 26, 1, 90, 47],
  ['EndTxn', 26, 2, 90, 90],
  ['TxnOffsetCommit', 28, 1, 14, 15],
  ['TxnOffsetCommit', 28, 2, 14, 14],
]
for (const [name, apiKey, version, from, to] of told) {
  test(`${name} version ${version} is told ${from} as ${to}`, () => {
    expect(withOldCodes(apiKey, version, partition(from))).toEqual(partition(to))
    expect(withOldCodes(apiKey, version, { errorCode: from })).toEqual({ errorCode: to })
  })
}

test('an answer without such a code is handed on as it is', () => {
  const answer = partition(0)
  expect(withOldCodes(1, 4, answer)).toBe(answer)
  expect(withOldCodes(1, 18, answer)).toBe(answer)
})

test('the answer that a handler keeps is not changed', () => {
  const answer = partition(56)
  withOldCodes(1, 4, answer)
  expect(answer).toEqual(partition(56))
})
