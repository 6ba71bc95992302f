import { describe, expect, test } from 'vitest'
import { ConnectionLimits, type ConnectionSettings, UNLIMITED } from '../../src/security/connection-limits.js'
import { Meters } from '../../src/security/meters.js'
import { MutationQuota, RateQuota } from '../../src/security/quota.js'
import { type QuotaLimit, QuotaTable } from '../../src/security/quota-table.js'
import { TokenBucket } from '../../src/security/token-bucket.js'
import { WindowedRate } from '../../src/security/windowed-rate.js'

const WINDOWS = { count: 11, sizeMs: 1000 }
const limit = (user: string | null | undefined, clientId: string | null | undefined, of: number): QuotaLimit => ({
  user,
  clientId,
  limit: of,
})

describe('the quota that holds', () => {
  const all = [
    limit('u', 'c', 1),
    limit('u', null, 2),
    limit('u', undefined, 3),
    limit(null, 'c', 4),
    limit(null, null, 5),
    limit(null, undefined, 6),
    limit(undefined, 'c', 7),
    limit(undefined, null, 8),
  ]

  test.each(all.map((_, from) => from))('is the most specific one: without the first %i the next one holds', (from) => {
    expect(new QuotaTable(all.slice(from)).find('u', 'c')?.limit).toBe(from + 1)
  })

  test.each([
    ['u', 'other', 2],
    ['other', 'c', 4],
    ['other', 'other', 5],
    ['u', '', 3],
    ['other', '', 6],
  ])('of user %j with client id %j is number %i', (user, clientId, expected) => {
    expect(new QuotaTable(all).find(user, clientId)?.limit).toBe(expected)
  })

  test('of somebody for whom nothing is set is none', () => {
    expect(new QuotaTable([limit('u', undefined, 1)]).find('other', 'c')).toBeNull()
    expect(new QuotaTable([limit(undefined, null, 1)]).find('other', '')).toBeNull()
  })

  test('of a user is shared by his clients, a default one by nobody else', () => {
    const ofUser = new QuotaTable([limit('u', undefined, 1), limit(null, undefined, 2)])
    expect(ofUser.find('u', 'a')?.meter).toBe(ofUser.find('u', 'b')?.meter)
    expect(ofUser.find('v', 'a')?.meter).not.toBe(ofUser.find('w', 'a')?.meter)
    const ofClient = new QuotaTable([limit(undefined, null, 1)])
    expect(ofClient.find('u', 'a')?.meter).toBe(ofClient.find('v', 'a')?.meter)
    expect(ofClient.find('u', 'a')?.meter).not.toBe(ofClient.find('u', 'b')?.meter)
  })
})

describe('a rate', () => {
  test('counts the windows before the first as empty ones', () => {
    const rate = new WindowedRate(WINDOWS)
    rate.record(1000, 5000)
    expect(rate.spanMs(5000)).toBe(10_000)
    expect(rate.measure(5000)).toBe(100)
  })

  test('is over the time since the oldest window once they are all there', () => {
    const rate = new WindowedRate(WINDOWS)
    for (let second = 0; second <= 10; second++) rate.record(100, second * 1000)
    expect(rate.spanMs(10_500)).toBe(10_500)
    expect(rate.measure(10_500)).toBeCloseTo(1100 / 10.5)
  })

  test('forgets a window when nothing in it is younger than all windows together', () => {
    const rate = new WindowedRate(WINDOWS)
    rate.record(100, 0)
    rate.record(100, 900)
    expect(rate.measure(11_800)).toBeGreaterThan(0)
    expect(rate.measure(11_900)).toBe(0)
  })

  test.each([
    // limit, recorded, expected throttle at once
    [100, 1000, 0],
    [100, 1001, 10],
    [100, 2000, 10_000],
    [1, 234, 224_000],
  ])('of %i a second holds back, after %i at once, for %i ms', (of, recorded, expected) => {
    const quota = new RateQuota(WINDOWS)
    quota.table = new QuotaTable([limit('u', undefined, of)])
    expect(quota.record({ user: 'u', clientId: 'c' }, recorded, 77)).toBe(expected)
  })

  test('is back at its limit when the time is over', () => {
    const quota = new RateQuota(WINDOWS)
    quota.table = new QuotaTable([limit('u', undefined, 100)])
    const who = { user: 'u', clientId: 'c' }
    const throttleMs = quota.record(who, 1500, 0)
    expect(throttleMs).toBe(5000)
    expect(quota.record(who, 0, throttleMs - 100)).toBeGreaterThan(0)
    expect(quota.record(who, 0, 15_001)).toBe(0)
  })

  test('holds nobody back longer than its bound', () => {
    const quota = new RateQuota(WINDOWS, 1000)
    quota.table = new QuotaTable([limit('u', undefined, 1)])
    expect(quota.record({ user: 'u', clientId: '' }, 1e9, 0)).toBe(1000)
  })

  test('takes back what was not done after all', () => {
    const quota = new RateQuota(WINDOWS)
    quota.table = new QuotaTable([limit('u', undefined, 100)])
    const who = { user: 'u', clientId: '' }
    expect(quota.record(who, 5000, 0)).toBeGreaterThan(0)
    quota.count(who, -5000, 0)
    expect(quota.record(who, 1000, 0)).toBe(0)
    expect(quota.valueMax(who)).toBe(1000)
    quota.table = new QuotaTable([limit('u', undefined, 0.05)])
    expect(quota.valueMax(who)).toBe(0)
  })

  test('goes on when the limit changes, and for nobody who has none', () => {
    const quota = new RateQuota(WINDOWS)
    expect(quota.isActive).toBe(false)
    quota.table = new QuotaTable([limit('u', undefined, 100)])
    const who = { user: 'u', clientId: '' }
    quota.record(who, 1000, 0)
    quota.table = new QuotaTable([limit('u', undefined, 50)])
    expect(quota.record(who, 0, 0)).toBe(10_000)
    expect(quota.record({ user: 'v', clientId: '' }, 1e9, 0)).toBe(0)
    expect(quota.valueMax({ user: 'v', clientId: '' })).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('tokens', () => {
  test('are kept for as long as all windows last, and come back at the rate of the limit', () => {
    const bucket = new TokenBucket(WINDOWS)
    expect(bucket.left(2, 1_000_000)).toBe(22)
    bucket.spend(30, 2, 1_000_000)
    expect(bucket.left(2, 1_001_000)).toBe(-6)
    expect(bucket.left(2, 9_999_999)).toBe(22)
  })

  const who = { user: 'u', clientId: 'c' }
  const quotaOf = (of: number): MutationQuota => {
    const quota = new MutationQuota(WINDOWS)
    quota.table = new QuotaTable([limit('u', undefined, of)])
    return quota
  }

  test('may be overdrawn once by a strict client, who is refused until they are paid back', () => {
    const quota = quotaOf(1)
    expect(quota.spend(who, 16, true, 0)).toBe(0)
    expect(quota.spend(who, 1, true, 0)).toBe(5000)
    expect(quota.spend(who, 1, true, 4000)).toBe(1000)
    expect(quota.spend(who, 1, true, 5000)).toBe(0)
  })

  test('are taken from other clients, too, who are only held back', () => {
    const quota = quotaOf(1)
    expect(quota.spend(who, 11, false, 0)).toBe(0)
    expect(quota.spend(who, 2, false, 0)).toBe(2000)
    expect(quota.spend(who, 1, false, 0)).toBe(3000)
  })
})

test('a meter that nobody used for an hour begins anew', () => {
  const meters = new Meters(() => ({ count: 0 }))
  meters.of('a', 0).count = 7
  meters.of('b', 1_800_000).count = 8
  meters.of('c', 3_600_000)
  expect(meters.size).toBe(2)
  expect(meters.of('b', 3_600_001).count).toBe(8)
  expect(meters.of('a', 3_600_001).count).toBe(0)
})

describe('connections', () => {
  const settings = (given: Partial<ConnectionSettings>): ConnectionSettings => ({
    connectionsMax: UNLIMITED,
    connectionsMaxOf: () => UNLIMITED,
    connectionsMaxFrom: () => UNLIMITED,
    creationRate: UNLIMITED,
    creationRateOf: () => UNLIMITED,
    creationRateFrom: () => null,
    protectedListener: null,
    ...given,
  })
  const limits = (given: Partial<ConnectionSettings>): ConnectionLimits =>
    new ConnectionLimits(WINDOWS, settings(given))

  test('of all listeners have to wait while there are as many as may be, but not those of brokers', () => {
    const all = limits({ connectionsMax: 1, protectedListener: 'INTERNAL' })
    expect(all.hasRoom('A')).toBe(true)
    expect(all.admit('A', '1.1.1.1', 0)).toEqual({ kind: 'served' })
    expect([all.hasRoom('A'), all.hasRoom('B'), all.hasRoom('INTERNAL')]).toEqual([false, false, true])
    all.admit('INTERNAL', '1.1.1.1', 0)
    expect(all.isOverfull).toBe(true)
    all.left('INTERNAL', '1.1.1.1')
    all.left('A', '1.1.1.1')
    expect(all.hasRoom('B')).toBe(true)
  })

  test('of one listener have a limit of their own', () => {
    const all = limits({ connectionsMaxOf: (listener) => (listener === 'A' ? 1 : UNLIMITED) })
    all.admit('A', '1.1.1.1', 0)
    expect([all.hasRoom('A'), all.hasRoom('B')]).toEqual([false, true])
  })

  test('from one address are refused beyond its limit, and count until they have gone', () => {
    const all = limits({ connectionsMaxFrom: (address) => (address === '1.1.1.1' ? 1 : 0) })
    expect(all.admit('A', '1.1.1.1', 0)).toEqual({ kind: 'served' })
    expect(all.admit('A', '1.1.1.1', 0)).toEqual({ kind: 'too many', max: 1 })
    expect(all.admit('A', '2.2.2.2', 0)).toEqual({ kind: 'too many', max: 0 })
    all.left('A', '1.1.1.1')
    expect(all.admit('A', '1.1.1.1', 0)).toEqual({ kind: 'served' })
  })

  test('that come too fast keep the listener waiting, for a window at most', () => {
    const all = limits({ creationRate: 1, creationRateOf: () => UNLIMITED })
    for (let i = 0; i < 10; i++) expect(all.arrived('A', 0)).toBe(0)
    expect(all.arrived('B', 0)).toBe(1000)
  })

  test('that come too often from one address are closed after a while, and are not counted', () => {
    const all = limits({ creationRateFrom: () => 1 })
    for (let i = 0; i < 10; i++) expect(all.admit('A', '1.1.1.1', 0)).toEqual({ kind: 'served' })
    expect(all.admit('A', '1.1.1.1', 0)).toEqual({ kind: 'too often', closeAfterMs: 1000 })
    expect(all.admit('A', '1.1.1.1', 0)).toEqual({ kind: 'too often', closeAfterMs: 1000 })
    expect(all.admit('A', '1.1.1.1', 11_000)).toEqual({ kind: 'served' })
    expect(all.admit('A', '2.2.2.2', 0)).toEqual({ kind: 'served' })
  })
})
