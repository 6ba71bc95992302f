import { expect, test } from 'vitest'
import { LAG, lagRows } from '../../../src/cli/lag/report.js'
import type { OffsetRow } from '../../../src/cli/lag/sample.js'
import { misshapen } from '../../support/shaped.js'

const row = (partition: number, lag: number | null): OffsetRow => ({
  group: 'billing',
  topic: 'orders',
  partition,
  leaderEpoch: null,
  currentOffset: lag === null ? null : 10,
  logEndOffset: lag === null ? null : 10 + lag,
  lag,
  consumerId: null,
  host: null,
  clientId: null,
})

test('a lag that grows, shrinks and stays is told so, and one that was not seen before is not', () => {
  const rows = lagRows([row(0, 5), row(1, 5), row(2, 5), row(3, 5)], [row(0, 4), row(1, 6), row(2, 5)], new Map(), 0)
  expect(rows.map(({ trend }) => trend)).toEqual(['growing', 'shrinking', 'steady', null])
  expect(misshapen(LAG, rows)).toEqual([])
})

test('seconds behind are the age of the first record not read, and none where all is read', () => {
  const since = new Map([['billing orders-0', 4000]])
  const rows = lagRows([row(0, 5), row(1, 0), row(2, null), row(3, 5)], [], since, 10_000)
  expect(rows.map(({ secondsBehind }) => secondsBehind)).toEqual([6, 0, null, null])
})
