import { describe, expect, test } from 'vitest'
import { assignPartitions, type GroupMemberView } from '../../../src/client/consumer/assignors.js'
import type { AssignorName } from '../../../src/client/consumer/config.js'
import { HOLDS_NOTHING, heldBy, userDataFor } from '../../../src/client/consumer/held-partitions.js'
import { readSubscription, subscriptionBytes } from '../../../src/client/consumer/member-metadata.js'
import { seededRandom } from '../../support/seeded-random.js'

/** `t0 t1 u0` */
const partitions = (names: string) =>
  names.split(' ').flatMap((name) => (name === '' ? [] : [{ topic: name[0]!, partition: Number(name.slice(1)) }]))

const member = (memberId: string, topics: string, held = '', generationId = 5): GroupMemberView => ({
  memberId,
  groupInstanceId: null,
  topics: topics.split(''),
  held: { partitions: partitions(held), generationId },
})

function shares(assignor: AssignorName, members: readonly GroupMemberView[], counts: Record<string, number>) {
  const assignment = assignPartitions(assignor, members, new Map(Object.entries(counts)))
  return Object.fromEntries(
    [...assignment].map(([id, mine]) => [
      id,
      mine
        .map(({ topic, partition }) => `${topic}${partition}`)
        .sort()
        .join(' '),
    ]),
  )
}

describe('sticky', () => {
  test.each([
    ['deals what nobody has in turn', [member('a', 't'), member('b', 't')], { t: 3 }, { a: 't0 t2', b: 't1' }],
    [
      'leaves everybody what they have',
      [member('a', 't', 't1'), member('b', 't', 't0 t2')],
      { t: 3 },
      { a: 't1', b: 't0 t2' },
    ],
    [
      'takes no more from anybody than a new member needs',
      [member('a', 't', 't0 t1 t2'), member('b', 't', 't3 t4 t5'), member('c', 't')],
      { t: 6 },
      { a: 't0 t1', b: 't3 t4', c: 't2 t5' },
    ],
    [
      'gives what somebody who left had to those who have least',
      [member('a', 't', 't0 t1'), member('b', 't', 't2')],
      { t: 4 },
      { a: 't0 t1', b: 't2 t3' },
    ],
    [
      'gives one to each where there are fewer than members',
      [member('a', 't'), member('b', 't'), member('c', 't')],
      { t: 2 },
      { a: 't0', b: 't1', c: '' },
    ],
    [
      'believes the later of two generations',
      [member('a', 't', 't0 t1', 4), member('b', 't', 't1', 5)],
      { t: 2 },
      { a: 't0', b: 't1' },
    ],
    [
      'forgets partitions that are gone',
      [member('a', 't', 't0 t9 u0'), member('b', 't')],
      { t: 2 },
      { a: 't0', b: 't1' },
    ],
    [
      'gives nobody a topic that was not asked for',
      [member('a', 't'), member('b', 'tu'), member('c', 'u')],
      { t: 2, u: 2 },
      { a: 't0', b: 't1 u1', c: 'u0' },
    ],
    [
      'evens out what different wishes have made uneven',
      [member('a', 'tu', 't0 t1 u0 u1'), member('b', 'u')],
      { t: 2, u: 2 },
      { a: 't0 t1', b: 'u0 u1' },
    ],
    ['has nothing to divide without a topic', [member('a', 't'), member('b', 't')], {}, { a: '', b: '' }],
  ] as const)('%s', (_, members, counts, expected) => {
    expect(shares('sticky', members, counts as Record<string, number>)).toEqual(expected)
  })

  test('gives every partition to one who wants it, as evenly as can be, whatever was before', () => {
    const random = seededRandom(3)
    for (let round = 0; round < 300; round++) {
      const counts = { t: random.int(7), u: random.int(7), v: random.int(4) }
      const isUniform = random.int(2) === 0
      const ids = ['a', 'b', 'c', 'd', 'e'].slice(0, 1 + random.int(5))
      const all = Object.entries(counts).flatMap(([topic, n]) => Array.from({ length: n }, (_, i) => `${topic}${i}`))
      const members = ids.map((id) => {
        const topics = isUniform ? 'tuv' : [...'tuv'].filter(() => random.int(3) > 0).join('')
        return member(id, topics, all.filter(() => random.int(3) === 0).join(' '), random.int(3))
      })
      const found = shares('sticky', members, counts)
      const given = Object.values(found).flatMap((text) => (text === '' ? [] : text.split(' ')))
      const wanted = all.filter((name) => members.some(({ topics }) => topics.includes(name[0]!)))
      expect(given.sort()).toEqual(wanted.sort())
      for (const { memberId, topics } of members) {
        expect(found[memberId]!.split(' ').every((name) => name === '' || topics.includes(name[0]!))).toBe(true)
      }
      const sizes = Object.values(found).map((text) => (text === '' ? 0 : text.split(' ').length))
      if (isUniform) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }
  })
})

describe('cooperative-sticky', () => {
  test('keeps from a new member what others have to give back first', () => {
    const first = [member('a', 't', 't0 t1 t2 t3'), member('b', 't')]
    expect(shares('cooperative-sticky', first, { t: 4 })).toEqual({ a: 't0 t1', b: '' })
    const then = [member('a', 't', 't0 t1'), member('b', 't', '')]
    expect(shares('cooperative-sticky', then, { t: 4 })).toEqual({ a: 't0 t1', b: 't2 t3' })
  })

  test('gives to nobody what two of the same generation claim', () => {
    const both = [member('a', 't', 't0'), member('b', 't', 't0')]
    expect(shares('cooperative-sticky', both, { t: 2 })).toEqual({ a: '', b: 't1' })
  })
})

describe('what a member holds', () => {
  const last = { partitions: partitions('t1 u0 t0'), generationId: 7 }

  test('is told by sticky beside the topics', () => {
    const bytes = subscriptionBytes({
      topics: ['t'],
      owned: [],
      generationId: -1,
      userData: userDataFor('sticky', last),
    })
    expect(heldBy('sticky', readSubscription(bytes))).toEqual({ partitions: partitions('t1 t0 u0'), generationId: 7 })
  })

  test('is told by cooperative-sticky as what it owns', () => {
    const userData = userDataFor('cooperative-sticky', last)
    const bytes = subscriptionBytes({ topics: ['t'], owned: last.partitions, generationId: 7, userData })
    expect(heldBy('cooperative-sticky', readSubscription(bytes))).toEqual({
      partitions: partitions('t1 t0 u0'),
      generationId: 7,
    })
  })

  test('has the generation that older clients tell beside it', () => {
    const userData = Buffer.from('00000009', 'hex')
    const subscription = { topics: ['t'], owned: partitions('t0'), generationId: -1, userData }
    expect(heldBy('cooperative-sticky', subscription).generationId).toBe(9)
  })

  test('has no generation in the first version of sticky', () => {
    const userData = Buffer.from('00000001 0001 74 00000001 00000003'.replaceAll(' ', ''), 'hex')
    const subscription = { topics: ['t'], owned: [], generationId: -1, userData }
    expect(heldBy('sticky', subscription)).toEqual({ partitions: partitions('t3'), generationId: -1 })
  })

  test('is nothing for a new member, and where it makes no sense', () => {
    expect(userDataFor('sticky', HOLDS_NOTHING)).toBeNull()
    expect(userDataFor('range', last)).toBeNull()
    const subscription = { topics: ['t'], owned: [], generationId: -1, userData: Buffer.from('7fffffff', 'hex') }
    expect(heldBy('sticky', subscription).partitions).toEqual([])
  })
})
