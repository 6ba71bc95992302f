import { describe, expect, test } from 'vitest'
import { seededRandom } from '../support/seeded-random.js'
import { type Plan, planOf } from './plan.js'
import { simulate } from './simulation.js'

const QUIET: Partial<Plan> = {
  network: { cutOneIn: 0, lateOneIn: 0 },
  idempotentProducers: 1,
  plainProducers: 0,
  observers: 0,
  administrators: 0,
  trimmers: 0,
  groupMembers: 0,
  transactionalProducers: 0,
  isCopying: false,
}
const DURABLE = new Map([...planOf(seededRandom(1)).settings, ['log.flush.interval.messages', '1']])
const UNSYNCED = new Map([...DURABLE, ['log.flush.interval.messages', '9223372036854775807']])

/** Seeds of clusters that found something when there was less to be met with. */
const AS_FOUND = { brokers: 3, hasMore: false } as const

describe('a simulation', () => {
  test('of the same seed is the same, line by line', async () => {
    for (const seed of [3, 8]) {
      const first = await simulate(seed, { isTraced: true })
      const second = await simulate(seed, { isTraced: true })
      expect(first.trace.length).toBeGreaterThan(20)
      expect(second.trace).toEqual(first.trace)
    }
  })

  test('notices records that are lost: those that nobody brought onto the device before the power failed', async () => {
    const change = { ...QUIET, settings: UNSYNCED, disasters: ['power', 'power'] as const, disasterEveryMs: 300 }
    const failures: string[] = []
    for (let seed = 1; seed <= 20; seed++) {
      const { failure } = await simulate(seed, { change })
      if (failure !== null) failures.push(failure.message)
    }
    expect(failures.join('\n')).toMatch(/has lost|OUT_OF_ORDER|now|which it must not be/)
  }, 60_000)
})

describe('a power failure', () => {
  test('takes no topic, no setting and no record that was acknowledged, where records are flushed one by one', async () => {
    const disasters = ['power', 'power in a write', 'power', 'power in a write'] as const
    const change = { ...QUIET, administrators: 2, settings: DURABLE, disasters, disasterEveryMs: 300 }
    for (let seed = 1; seed <= 12; seed++) expect(await simulate(seed, { change })).toMatchObject({ failure: null })
  }, 60_000)
})

describe('a disk that is full for a while, or fails', () => {
  test('takes nothing that was acknowledged, and is told by errors that pass', async () => {
    const disasters = ['full', 'kill when full', 'broken', 'full'] as const
    // The first four are those that found what was wrong.
    for (const seed of [12, 16, 23, 30, 1, 2, 3, 4])
      expect(await simulate(seed, { change: { disasters, disasterEveryMs: 1000 } })).toMatchObject({ failure: null })
  }, 60_000)
})

describe('several brokers', () => {
  test('of the same seed are the same, line by line', async () => {
    const first = await simulate(3, { brokers: 3, isTraced: true })
    const second = await simulate(3, { brokers: 3, isTraced: true })
    expect(first.trace.length).toBeGreaterThan(20)
    expect(second.trace).toEqual(first.trace)
  }, 60_000)

  test('follow one another again, and take each other in, once a disk that was full has room', async () => {
    const disasters = ['full', 'broken', 'kill when full', 'full'] as const
    // Those that found what was wrong.
    for (const seed of [7, 26, 32])
      expect(await simulate(seed, { ...AS_FOUND, change: { disasters } })).toMatchObject({ failure: null })
    // Here a voter could not write down whom it follows; and here zeros that a power failure left passed for records.
    for (const seed of [40_017, 40_064]) expect(await simulate(seed, AS_FOUND)).toMatchObject({ failure: null })
  }, 120_000)

  test('lose nothing where replicas are moved while two of three may have forgotten what was not synced', async () => {
    // Here the third, which alone had everything, was to give its replica up before the sessions of the two had ended.
    const { failure, trace } = await simulate(70_133, { ...AS_FOUND, isTraced: true })
    expect(failure).toBeNull()
    expect(trace.join('\n')).toMatch(/no move of .*: others may have forgotten/)
  }, 60_000)

  test('take no batch from the middle for the first where those before it came too early', async () => {
    expect(await simulate(70_047, AS_FOUND)).toMatchObject({ failure: null })
  }, 60_000)

  test('take the next transaction of who had asked here before another led, and comes back', async () => {
    expect(await simulate(70_114, AS_FOUND)).toMatchObject({ failure: null })
  }, 60_000)
})

describe('transactions of both protocols', () => {
  test('are committed or aborted everywhere, wherever the broker and its clients end', async () => {
    const disasters = ['kill in a write', 'kill', 'kill in a write'] as const
    const network = { cutOneIn: 30, lateOneIn: 40 }
    for (let seed = 1; seed <= 8; seed++) {
      const change = {
        ...{ ...QUIET, network, transactionalProducers: 2, isCopying: true, observers: 2 },
        ...{ protocols: seed % 2 === 0 ? (['new'] as const) : (['old'] as const), disasters, disasterEveryMs: 2000 },
      }
      expect(await simulate(seed, { change })).toMatchObject({ failure: null })
    }
  }, 120_000)
})
