import { describe, expect, test } from 'vitest'
import { assignPartitions } from '../../../src/client/consumer/assignors.js'
import { HOLDS_NOTHING } from '../../../src/client/consumer/held-partitions.js'
import {
  assignedPartitions,
  assignmentBytes,
  readSubscription,
  subscriptionBytes,
} from '../../../src/client/consumer/member-metadata.js'

const member = (memberId: string, topics: string[], groupInstanceId: string | null = null) => ({
  memberId,
  groupInstanceId,
  topics,
  held: HOLDS_NOTHING,
})

const wants = (topics: string[]) => subscriptionBytes({ topics, owned: [], generationId: -1, userData: null })

function shares(
  assignor: 'range' | 'roundrobin',
  members: ReturnType<typeof member>[],
  counts: Record<string, number>,
) {
  const assignment = assignPartitions(assignor, members, new Map(Object.entries(counts)))
  return Object.fromEntries(
    [...assignment].map(([id, mine]) => [id, mine.map(({ topic, partition }) => `${topic}${partition}`).join(' ')]),
  )
}

describe('partitions are divided', () => {
  test.each([
    [
      'range',
      'in runs, the first members getting one more',
      [member('b', ['t']), member('a', ['t'])],
      { t: 3 },
      { a: 't0 t1', b: 't2' },
    ],
    [
      'range',
      'topic by topic',
      [member('a', ['t', 'u']), member('b', ['t', 'u'])],
      { t: 3, u: 3 },
      { a: 't0 t1 u0 u1', b: 't2 u2' },
    ],
    [
      'range',
      'among those who want the topic',
      [member('a', ['t']), member('b', ['t', 'u'])],
      { t: 2, u: 2 },
      { a: 't0', b: 't1 u0 u1' },
    ],
    ['range', 'even if there are too few', [member('a', ['t']), member('b', ['t'])], { t: 1 }, { a: 't0', b: '' }],
    [
      'range',
      'static members first, by their own names',
      [member('a', ['t']), member('z', ['t'], 'i2'), member('y', ['t'], 'i3')],
      { t: 3 },
      { z: 't0', y: 't1', a: 't2' },
    ],
    [
      'roundrobin',
      'in turn',
      [member('a', ['t', 'u']), member('b', ['t', 'u'])],
      { t: 3, u: 3 },
      { a: 't0 t2 u1', b: 't1 u0 u2' },
    ],
    [
      'roundrobin',
      'passing over who does not want the topic',
      [member('a', ['t']), member('b', ['t', 'u'])],
      { t: 1, u: 2 },
      { a: 't0', b: 'u0 u1' },
    ],
    ['roundrobin', 'leaving what nobody wants', [member('a', ['t'])], { t: 1, u: 1 }, { a: 't0' }],
  ] as const)('%s: %s', (assignor, _, members, counts, expected) => {
    expect(shares(assignor, members as never, counts as never)).toEqual(expected)
  })
})

// Base64 of what Apache Kafka's console consumer 4.3.1 told its coordinator.
describe('what members tell each other', () => {
  test('is what Kafka writes', () => {
    expect(wants(['t']).toString('base64')).toBe('AAMAAAABAAF0/////wAAAAD///////8=')
    expect(wants([]).toString('base64')).toBe('AAMAAAAA/////wAAAAD///////8=')
    expect(assignmentBytes([{ topic: 't', partition: 0 }]).toString('base64')).toBe('AAMAAAABAAF0AAAAAQAAAAD/////')
    expect(assignmentBytes([]).toString('base64')).toBe('AAMAAAAA/////w==')
  })

  test('is read again', () => {
    expect(readSubscription(Buffer.from('AAMAAAABAAF0/////wAAAAD///////8=', 'base64')).topics).toEqual(['t'])
    expect(assignedPartitions(Buffer.from('AAMAAAABAAF0AAAAAQAAAAD/////', 'base64'))).toEqual([
      { topic: 't', partition: 0 },
    ])
  })

  test.each([
    ['an old version', '0000 00000001 0001 74 00000000'],
    ['a version of the future, with more at its end', '0063 00000001 0001 74 ffffffff 00000000 ffffffff ffff 0102'],
  ])('may be %s', (_, hex) => {
    expect(readSubscription(Buffer.from(hex.replaceAll(' ', ''), 'hex')).topics).toEqual(['t'])
  })

  test('wants and gives nothing where it makes no sense', () => {
    expect(readSubscription(Buffer.from('0003', 'hex')).topics).toEqual([])
    expect(assignedPartitions(Buffer.alloc(0))).toEqual([])
    expect(assignedPartitions(Buffer.from('00037fffffff', 'hex'))).toEqual([])
  })
})
