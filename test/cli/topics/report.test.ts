import { describe, expect, test } from 'vitest'
import { ZERO_UUID } from '../../../src/bytes/uuid.js'
import { type Report, topicText } from '../../../src/cli/topics/report.js'
import type { ConfigEntry } from '../../../src/client/configs.js'
import type { TopicDescription } from '../../../src/client/topic-descriptions.js'

const config = (name: string, value: string | null, source = 1): ConfigEntry => ({
  name,
  value,
  source,
  isSensitive: false,
  isReadOnly: false,
  synonyms: [],
})
const CONFIGS = [config('min.insync.replicas', '2'), config('cleanup.policy', 'delete', 5)]

const partition = (index: number, leader: number | null, replicas: number[], isr: number[]) => ({
  index,
  leader,
  leaderEpoch: 0,
  replicas,
  isr,
  elr: [] as number[] | null,
  lastKnownElr: [] as number[] | null,
})
const TOPIC: TopicDescription = {
  name: 't',
  id: 'i-RNknMASDeE9ET5PasmcQ',
  isInternal: false,
  partitions: [
    partition(0, 0, [0, 1, 2], [0, 1, 2]),
    partition(1, 1, [0, 1, 2], [1, 2]),
    partition(2, 5, [5, 1, 2], [5]),
    { ...partition(3, null, [2], []), elr: [2], lastKnownElr: [2, 1] },
  ],
}
const report = (...options: string[]): Report => ({
  liveBrokers: new Set([0, 1, 2]),
  reassignments: new Map(),
  isFor: (option) => options.includes(option),
})
const lines = (text: string): string[] => text.split('\n').slice(0, -1)
const shown = (...options: string[]): number[] =>
  lines(topicText(TOPIC, CONFIGS, report(...options))).map((line) => Number(/Partition: (\d)/.exec(line)?.[1] ?? -1))

describe('the lines about a topic', () => {
  test('are one for the topic and one for each partition', () => {
    expect(lines(topicText(TOPIC, CONFIGS, report()))).toEqual([
      'Topic: t\tTopicId: i-RNknMASDeE9ET5PasmcQ\tPartitionCount: 4\tReplicationFactor: 3\tConfigs: min.insync.replicas=2',
      '\tTopic: t\tPartition: 0\tLeader: 0\tReplicas: 0,1,2\tIsr: 0,1,2\tElr: \tLastKnownElr: ',
      '\tTopic: t\tPartition: 1\tLeader: 1\tReplicas: 0,1,2\tIsr: 1,2\tElr: \tLastKnownElr: ',
      '\tTopic: t\tPartition: 2\tLeader: 5\tReplicas: 5,1,2\tIsr: 5\tElr: \tLastKnownElr: ',
      '\tTopic: t\tPartition: 3\tLeader: none\tReplicas: 2\tIsr: \tElr: 2\tLastKnownElr: 2,1',
    ])
  })

  test('leave out what old brokers do not tell', () => {
    const old = { ...TOPIC, id: ZERO_UUID, partitions: [{ ...TOPIC.partitions[0]!, elr: null, lastKnownElr: null }] }
    expect(lines(topicText(old, [], report()))).toEqual([
      'Topic: t\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: ',
      '\tTopic: t\tPartition: 0\tLeader: 0\tReplicas: 0,1,2\tIsr: 0,1,2\tElr: N/A\tLastKnownElr: N/A',
    ])
  })

  test('show a sensitive value as null', () => {
    expect(topicText(TOPIC, [config('secret', null)], report())).toContain('Configs: secret=null\n')
  })

  test('tell of a partition on the move, whose replication factor is that of its target', () => {
    const moving = { ...TOPIC, partitions: [partition(0, 0, [3, 0, 1], [0, 1])] }
    const reassignments = new Map([['t-0', { replicas: [3, 0, 1], adding: [3], removing: [1] }]])
    expect(lines(topicText(moving, [], { ...report(), reassignments }))).toEqual([
      'Topic: t\tTopicId: i-RNknMASDeE9ET5PasmcQ\tPartitionCount: 1\tReplicationFactor: 2\tConfigs: ',
      '\tTopic: t\tPartition: 0\tLeader: 0\tReplicas: 3,0,1\tIsr: 0,1\tAdding Replicas: 3\tRemoving Replicas: 1\tElr: \tLastKnownElr: ',
    ])
    expect(topicText(moving, [], { ...report('under-replicated-partitions'), reassignments })).toBe('')
  })
})

describe('a report', () => {
  test('has only partitions that it is for', () => {
    expect(shown('under-replicated-partitions')).toEqual([1, 2, 3])
    expect(shown('unavailable-partitions')).toEqual([2, 3])
    expect(shown('under-min-isr-partitions')).toEqual([2, 3])
    expect(shown('at-min-isr-partitions')).toEqual([1])
  })

  test('has partitions of any of several reports', () => {
    expect(shown('at-min-isr-partitions', 'unavailable-partitions')).toEqual([1, 2, 3])
  })

  test('of overrides has no partitions, and no topics without', () => {
    expect(shown('topics-with-overrides')).toEqual([-1])
    expect(topicText(TOPIC, [config('cleanup.policy', 'delete', 5)], report('topics-with-overrides'))).toBe('')
  })
})
