import { describe, expect, test } from 'vitest'
import { placeReplicas } from '../../src/cluster/placement.js'
import { seededRandom } from '../support/seeded-random.js'

const brokers = (racks: readonly (string | null)[], fenced: readonly number[] = []) =>
  racks.map((rack, id) => ({ id, rack, fenced: fenced.includes(id) }))

function place(options: {
  racks: readonly (string | null)[]
  fenced?: readonly number[]
  count: number
  replicationFactor: number
  seed?: number
}): number[][] {
  const placed = placeReplicas({
    brokers: brokers(options.racks, options.fenced),
    count: options.count,
    replicationFactor: options.replicationFactor,
    random: seededRandom(options.seed ?? 1),
  })
  if (!Array.isArray(placed)) throw new Error(placed.errorMessage ?? '')
  return placed
}

const countsOf = (values: readonly number[]): number[] => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()].sort((a, b) => a - b)
}

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed)
const NO_RACKS = [null, null, null, null, null, null]
const RACKS = ['a', 'a', 'b', 'b', 'c', 'c']

describe('where replicas are placed', () => {
  test('a partition has no broker twice', () => {
    for (const seed of SEEDS) {
      for (const racks of [NO_RACKS, RACKS, ['a', 'a', 'a', 'b', null]]) {
        for (const replicas of place({ racks, count: 20, replicationFactor: 4, seed }))
          expect(new Set(replicas).size).toBe(4)
      }
    }
  })

  test('leaders, and all replicas together, are spread evenly over brokers of equal racks', () => {
    for (const seed of SEEDS) {
      for (const racks of [NO_RACKS, RACKS]) {
        const placed = place({ racks, count: 60, replicationFactor: 3, seed })
        expect(countsOf(placed.map((replicas) => replicas[0]!))).toEqual([10, 10, 10, 10, 10, 10])
        const [fewest, most] = [countsOf(placed.flat())[0]!, countsOf(placed.flat()).at(-1)!]
        expect(most - fewest, `${seed} ${racks}`).toBeLessThanOrEqual(6)
      }
    }
  })

  test('replicas are on as many racks as there are', () => {
    for (const seed of SEEDS) {
      for (const replicas of place({ racks: RACKS, count: 30, replicationFactor: 3, seed }))
        expect(new Set(replicas.map((id) => RACKS[id])).size).toBe(3)
    }
  })

  test('the first replica is on a broker that serves; those that are fenced get replicas last', () => {
    for (const seed of SEEDS) {
      const two = place({ racks: NO_RACKS, fenced: [1, 4], count: 30, replicationFactor: 2, seed })
      expect(two.flat().some((id) => id === 1 || id === 4)).toBe(false)
      const five = place({ racks: RACKS, fenced: [0, 1], count: 30, replicationFactor: 5, seed })
      for (const replicas of five) expect([0, 1]).not.toContain(replicas[0])
    }
  })

  test('followers of one leader are not always the same', () => {
    const placed = place({ racks: NO_RACKS, count: 60, replicationFactor: 2 })
    const followers = new Set(placed.filter(([leader]) => leader === 0).map(([, follower]) => follower))
    expect(followers.size).toBeGreaterThan(2)
  })

  test('one broker holds everything', () => {
    expect(place({ racks: [null], count: 3, replicationFactor: 1 })).toEqual([[0], [0], [0]])
  })

  test("what cannot be placed is refused in Kafka's words", () => {
    const request = { count: 1, random: seededRandom(1) }
    expect(placeReplicas({ ...request, brokers: brokers([null]), replicationFactor: 2 })).toMatchObject({
      errorMessage:
        'Unable to replicate the partition 2 time(s): The target replication factor of 2 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.',
    })
    expect(placeReplicas({ ...request, brokers: brokers([null], [0]), replicationFactor: 1 })).toMatchObject({
      errorMessage:
        'Unable to replicate the partition 1 time(s): All brokers are currently fenced, or have all their log directories cordoned.',
    })
  })
})
