import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { batchesIn, RecordBatch } from '../../src/records/batch.js'
import {
  buildEndTransactionMarker,
  buildKRaftControlBatch,
  type ControlRecord,
  controlRecordOf,
  type KRaftControlRecord,
  readControlRecord,
} from '../../src/records/control.js'
import { goldenFile, goldenSegment, hex } from './golden.js'

const controlBatches = (bytes: Buffer): [RecordBatch, ControlRecord][] =>
  [...batchesIn(bytes)].flatMap((batch) => {
    const record = controlRecordOf(batch)
    return record === null ? [] : [[batch, record]]
  })

describe('control records', () => {
  test('a commit marker has the bytes of Kafka', () => {
    const marker = buildEndTransactionMarker({
      type: 'COMMIT',
      producerId: 9n,
      producerEpoch: 0,
      coordinatorEpoch: 0,
      timestamp: 1700000000000,
      baseOffset: 5,
      leaderEpoch: 0,
    })
    expect(marker.toString('hex')).toBe(
      '00000000000000050000004200000000022d6ed6990030000000000000018bcfe568000000018bcfe5680000000000000000090000ffffffff000000012000000008000000010c00000000000000',
    )
  })

  test('the markers of real transactions are read, and written again to the same bytes', () => {
    const markers = controlBatches(goldenSegment('txn-0'))
    expect(markers.map(([, record]) => record.type)).toEqual(['COMMIT', 'ABORT', 'COMMIT', 'ABORT', 'COMMIT', 'ABORT'])
    for (const [batch, record] of markers) {
      const {
        producerId,
        producerEpoch,
        baseOffset,
        partitionLeaderEpoch: leaderEpoch,
        baseTimestamp: timestamp,
      } = batch
      if (record.type !== 'COMMIT' && record.type !== 'ABORT') throw new Error(record.type)
      const again = buildEndTransactionMarker({
        ...record,
        ...{ producerId, producerEpoch, baseOffset, leaderEpoch, timestamp },
      })
      expect(again).toEqual(batch.bytes())
    }
  })

  test.each([['bootstrap.checkpoint'], ['__cluster_metadata-0/00000000000000000277-0000000001.checkpoint']])(
    'header and footer of the snapshot %s are read, and written again to the same bytes',
    (file) => {
      const records = controlBatches(goldenFile('data', file))
      expect(records.map(([, record]) => record.type)).toEqual(['SNAPSHOT_HEADER', 'SNAPSHOT_FOOTER'])
      for (const [batch, record] of records) {
        const { baseOffset, partitionLeaderEpoch: leaderEpoch, baseTimestamp: timestamp } = batch
        const again = buildKRaftControlBatch({
          record: record as KRaftControlRecord,
          ...{ baseOffset, leaderEpoch, timestamp },
        })
        expect(again).toEqual(batch.bytes())
      }
    },
  )

  test('a leader change has the bytes of Kafka', () => {
    const batch = buildKRaftControlBatch({
      record: {
        type: 'LEADER_CHANGE',
        version: 0,
        leaderId: 0,
        voters: [{ voterId: 0 }],
        grantingVoters: [{ voterId: 0 }],
      },
      timestamp: 1795228461012,
      leaderEpoch: 1,
    })
    expect(batch.toString('hex')).toBe(
      '00000000000000000000004f0000000102fbce945f0020000000000000' +
        '01a1fbf467d4000001a1fbf467d4ffffffffffffffffffffffffffff000000013a0000000800000002260000000000000200000000000200000000000000',
    )
  })

  test.each<KRaftControlRecord>([
    {
      type: 'LEADER_CHANGE',
      version: 1,
      leaderId: 2,
      voters: [{ voterId: 2, voterDirectoryId: 'Z0fulCH_RDCfI7DbZx55bQ' }],
      grantingVoters: [],
    },
    { type: 'KRAFT_VERSION', version: 0, kRaftVersion: 1 },
    {
      type: 'KRAFT_VOTERS',
      version: 0,
      voters: [
        {
          voterId: 3,
          voterDirectoryId: 'Z0fulCH_RDCfI7DbZx55bQ',
          endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 49093 }],
          kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
        },
      ],
    },
  ])('$type is read back as it was written', (record) => {
    const batch = new RecordBatch(buildKRaftControlBatch({ record, timestamp: 1 }))
    expect(controlRecordOf(batch)).toEqual(record)
  })

  test('a type of a later Kafka is told as unknown', () => {
    expect(readControlRecord({ key: hex('0000 0063'), value: null })).toEqual({ type: 'UNKNOWN', id: 99 })
  })

  test.each([
    ['no key', null, '0000 00000000'],
    ['a short key', '0000', '0000 00000000'],
    ['a negative version', 'ffff 0001', '0000 00000000'],
    ['no value', '0000 0001', null],
    ['a short value', '0000 0001', '0000 0000'],
    ['more voters than bytes', '0000 0002', '0000 00000000 ffffffff0f'],
    ['a null array of voters', '0000 0002', '0000 00000000 00'],
  ])('with %s are malformed', (_, key, value) => {
    const record = { key: key === null ? null : hex(key), value: value === null ? null : hex(value) }
    expect(() => readControlRecord(record)).toThrow(MalformedBytes)
  })
})
