import { expect, test } from 'vitest'
import { Turns } from '../../src/broker/turns.js'
import { ManualClock } from '../support/manual-clock.js'

const SHARE_MS = 20

function setUp() {
  const clock = new ManualClock()
  return { clock, turns: new Turns(clock) }
}

test('what a turn has had of work counts for everybody, and the next turn begins anew', async () => {
  const { clock, turns } = setUp()
  const [one, other] = [turns.join(null), turns.join(null)]
  expect(one.isSpent).toBe(false)
  clock.advance(SHARE_MS - 1)
  expect(other.isSpent).toBe(false)
  clock.advance(1)
  expect([one.isSpent, other.isSpent]).toEqual([true, true])
  await other.next()
  expect([one.isSpent, other.isSpent]).toEqual([false, false])
})

test('a list that takes no longer than a turn is gone through at once', () => {
  const { clock, turns } = setUp()
  const tell = (item: number): number => {
    clock.advance(SHARE_MS / 4)
    return item * 2
  }
  expect(turns.join(null).map([1, 2, 3, 4], tell)).toEqual([2, 4, 6, 8])
})

test('a longer list lets others have their turn whenever one is spent, and stays in order', async () => {
  const { clock, turns } = setUp()
  const items = Array.from({ length: 100 }, (_, at) => at)
  let isOver = false
  const told = Promise.resolve(
    turns.join(null).map(items, (item) => {
      clock.advance(SHARE_MS / 2)
      return item % 10 === 0 ? Promise.resolve(item) : item
    }),
  ).finally(() => {
    isOver = true
  })
  let turnsOfOthers = 0
  for (; !isOver; turnsOfOthers++) await new Promise((resolve) => setImmediate(resolve))
  expect(await told).toEqual(items)
  expect(turnsOfOthers).toBeGreaterThanOrEqual(items.length / 2 - 1)
})

test('of two that need many turns, who came first is done first', async () => {
  const { clock, turns } = setUp()
  const order: string[] = []
  const work = async (name: string): Promise<void> => {
    const own = turns.join(null)
    await own.map([1, 2, 3, 4], () => {
      clock.advance(SHARE_MS)
      order.push(name)
    })
  }
  await Promise.all([work('first'), work('second')])
  expect(order.join(' ')).toBe('first second first first first second second second')
})

test('the time of its own turns is counted for a request, and that of others is not', async () => {
  const { clock, turns } = setUp()
  let countedMs = 0
  let sinceMs: number | null = clock.monotonicMs()
  const own = turns.join({
    resume: () => {
      sinceMs = clock.monotonicMs()
    },
    pause: () => {
      if (sinceMs !== null) countedMs += clock.monotonicMs() - sinceMs
      sinceMs = null
    },
  })
  const answers = own.map([1, 2, 3], () => {
    clock.advance(SHARE_MS)
    setImmediate(() => clock.advance(7))
  })
  await answers
  expect(countedMs).toBe(3 * SHARE_MS)
})
