import { describe, expect, test } from 'vitest'
import { isInternalTopic, topicFilter } from '../../src/cli/topic-filter.js'

const chosen = (filter: string, ...names: string[]): string[] => names.filter(topicFilter(filter))

describe('a topic filter', () => {
  test('is a list divided by commas, blanks and quotes around it do not count', () => {
    expect(chosen('a, b', 'a', 'b', 'ab', 'c')).toEqual(['a', 'b'])
    expect(chosen(' "a,b" ', 'a', 'b', 'c')).toEqual(['a', 'b'])
    expect(chosen(`'"a"'`, 'a')).toEqual(['a'])
  })

  test('is a regular expression that has to match all of the name', () => {
    expect(chosen('my.topic', 'my.topic', 'my-topic', 'myXtopic', 'my.topics')).toEqual([
      'my.topic',
      'my-topic',
      'myXtopic',
    ])
    expect(chosen('.*a.*', 'payments', 'orders')).toEqual(['payments'])
    expect(chosen('a|bc', 'a', 'bc', 'abc')).toEqual(['a', 'bc'])
  })

  test('that cannot be read is told as it was read', () => {
    expect(() => topicFilter('(a, b')).toThrow('(a|b is an invalid regex.')
    expect(() => topicFilter('[')).toThrow('[ is an invalid regex.')
  })
})

test('Kafka keeps three topics for itself', () => {
  expect(['__consumer_offsets', '__transaction_state', '__share_group_state', 'orders'].map(isInternalTopic)).toEqual([
    true,
    true,
    true,
    false,
  ])
})
