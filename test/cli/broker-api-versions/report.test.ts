import { expect, test } from 'vitest'
import { versionLines } from '../../../src/cli/broker-api-versions/report.js'

const LINES = versionLines(
  new Map([
    [0, { min: 0, max: 99 }],
    [1, { min: 0, max: 3 }],
    [3, { min: 90, max: 99 }],
    [46, { min: 0, max: 0 }],
    [999, { min: 0, max: 1 }],
  ]),
)

test('of each request the range served is shown, and what a client uses of it', () => {
  expect(LINES).toContain('\tProduce(0): 0 to 99 [usable: 13],')
  expect(LINES).toContain('\tListPartitionReassignments(46): 0 [usable: 0],')
})

test('what broker and client cannot agree on is told', () => {
  expect(LINES).toContain('\tFetch(1): 0 to 3 [unusable: node too old],')
  expect(LINES).toContain('\tMetadata(3): 90 to 99 [unusable: node too new],')
})

test('what the broker lacks is unsupported, what the tool lacks is unknown, and the last line ends without a comma', () => {
  expect(LINES).toContain('\tListOffsets(2): UNSUPPORTED,')
  expect(LINES.at(-1)).toBe('\tUNKNOWN(999): 0 to 1')
})
