import { expect, test } from 'vitest'
import { ZERO_UUID } from '../../../src/bytes/uuid.js'
import { replicationText, statusText } from '../../../src/cli/metadata-quorum/report.js'
import type { Quorum } from '../../../src/client/quorum.js'

const replica = (id: number, logEndOffset: number, caughtUpMs: number | null) => ({
  id,
  directoryId: ZERO_UUID,
  logEndOffset,
  lastFetchMs: caughtUpMs,
  lastCaughtUpMs: caughtUpMs,
})

const quorum: Quorum = {
  leaderId: 2,
  leaderEpoch: 5,
  highWatermark: 90,
  voters: [replica(1, 80, 700), { ...replica(2, 100, 1000), directoryId: 'ILZ5MPTeRWakmJu99uBJCA' }],
  observers: [replica(7, 60, null)],
  endpoints: new Map([[2, [{ listener: 'CONTROLLER', host: '::1', port: 9093 }]]]),
}

test('the status says how far the slowest voter is behind, and where voters are', () => {
  expect(statusText(quorum, 'id')).toBe(
    [
      'ClusterId:              id',
      'LeaderId:               2',
      'LeaderEpoch:            5',
      'HighWatermark:          90',
      'MaxFollowerLag:         20',
      'MaxFollowerLagTimeMs:   300',
      'CurrentVoters:          [{"id": 1}, {"id": 2, "directoryId": "ILZ5MPTeRWakmJu99uBJCA", "endpoints": ["CONTROLLER://[::1]:9093"]}]',
      'CurrentObservers:       [{"id": 7}]',
      '',
    ].join('\n'),
  )
})

test('the lag in time is unknown when a time is', () => {
  expect(statusText({ ...quorum, voters: [replica(1, 80, null), replica(2, 100, 1000)] }, 'id')).toContain(
    'MaxFollowerLagTimeMs:   -1\n',
  )
})

test('the leader comes first in the table, observers last', () => {
  const rows = replicationText(quorum, 1000)
    .split('\n')
    .slice(1, -1)
    .map((row) => row.split('\t').map((cell) => cell.trim()))
  expect(rows.map((row) => [row[0], row[3], row[5], row[6]])).toEqual([
    ['2', '0', '0 ms ago', 'Leader'],
    ['1', '20', '300 ms ago', 'Follower'],
    ['7', '40', '-1', 'Observer'],
  ])
})

test('a clock that runs behind is told of', () => {
  expect(() => replicationText(quorum, 999)).toThrow('Current timestamp is 999, last fetch timestamp is 1000')
})
