import { describe, expect, test } from 'vitest'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { aBatch, append, bench, FROM_CLIENT, NOW, openLog } from './a-log.js'

/** So much of a segment is read at once to look for producers. */
const PIECE_BYTES = 64 * 1024
const HEADER_BYTES = 61

const PRODUCER = { producerId: 7n, producerEpoch: 0 }
const batchesOf = (baseSequence: number) => ({ ...PRODUCER, baseSequence })

describe('a producer whose answers were lost with the last run', () => {
  for (const [end, settings] of [
    ['an orderly stop', {}],
    ['an orderly stop, its batches in several segments', { segmentBytes: 200 }],
    ['a kill', { wasCleanShutdown: false }],
    ['a kill, its batches in several segments', { segmentBytes: 200, wasCleanShutdown: false, recoveryPoint: 6 }],
  ] as const)
    test(`may repeat each of its last five batches after ${end}`, () => {
      const on = bench()
      const before = openLog(on, settings)
      for (let sequence = 0; sequence < 7; sequence++) append(before, batchesOf(sequence))
      if ('wasCleanShutdown' in settings) before.abandon()
      else before.close()
      const log = openLog(on, settings)
      for (let sequence = 2; sequence < 7; sequence++)
        expect(log.append(aBatch(batchesOf(sequence)), FROM_CLIENT)).toMatchObject({
          baseOffset: sequence,
          duplicate: true,
        })
      expect(log.append(aBatch(batchesOf(7)), FROM_CLIENT)).toMatchObject({ baseOffset: 7, duplicate: false })
    })

  test('is looked for by the headers of batches alone, also where one is a marker whose record is not at hand', () => {
    const on = bench()
    const before = openLog(on)
    const inTransaction = { ...PRODUCER, isTransactional: true }
    const filling = PIECE_BYTES - aBatch({ ...inTransaction, valueBytes: PIECE_BYTES / 2 }).length + PIECE_BYTES / 2
    // The header of the marker is the last that is read in one piece.
    append(before, { ...inTransaction, baseSequence: 0, valueBytes: filling - HEADER_BYTES })
    const marker = { type: 'COMMIT', ...PRODUCER, coordinatorEpoch: 0, timestamp: NOW } as const
    before.append(buildEndTransactionMarker(marker), { leaderEpoch: 0, origin: 'coordinator' })
    append(before, batchesOf(1))
    expect(before.segments[0]!.positionOf(1)).toBe(PIECE_BYTES - HEADER_BYTES)
    before.close()
    expect(
      openLog(on)
        .producers.find(7n)
        ?.window.map(({ lastSequence }) => lastSequence),
    ).toEqual([0, 1])
  })

  test('is known by its last batch alone where the one before is of another epoch', () => {
    const on = bench()
    const before = openLog(on)
    append(before, batchesOf(0))
    append(before, { ...PRODUCER, producerEpoch: 1, baseSequence: 0 })
    before.close()
    const log = openLog(on)
    expect(log.producers.find(7n)?.window).toHaveLength(1)
    expect(log.append(aBatch(batchesOf(0)), FROM_CLIENT)).toEqual({ error: 'INVALID_PRODUCER_EPOCH' })
  })
})
