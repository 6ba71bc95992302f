import { describe, expect, test } from 'vitest'
import { aBatch, append, bench, FROM_CLIENT, openLog } from './a-log.js'

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
