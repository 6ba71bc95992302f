import { describe, expect, test } from 'vitest'
import { brokerConfigs } from '../../../src/protocol/configs/broker.js'
import { checkClientMetricsConfigs } from '../../../src/protocol/configs/client-metrics.js'
import { checkGroupConfigs } from '../../../src/protocol/configs/group.js'
import { inHashOrder } from '../../../src/protocol/configs/hash-order.js'
import { checkTopicConfigs, checkTopicConfigsOnBroker, topicConfigs } from '../../../src/protocol/configs/topic.js'

const configs = (text: string): Map<string, string> =>
  new Map(text.split(' ').map((pair) => pair.split(/=(.*)/s, 2) as [string, string]))

describe('configs of a topic', () => {
  test.each([
    ['retention.ms=1 cleanup.policy=compact', null],
    ['foo=x retention.ms=abc', 'Unknown topic config name: foo'],
    ['message.format.version=3.0', 'Unknown topic config name: message.format.version'],
    [
      'retention.ms=x segment.bytes=3',
      'Invalid value 3 for configuration segment.bytes: Value must be at least 1048576',
    ],
    [
      'min.compaction.lag.ms=10 max.compaction.lag.ms=5',
      'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
    ],
  ])('%s', (text, message) => expect(checkTopicConfigs(configs(text))?.message ?? null).toBe(message))

  test("the broker's own values stand behind those of the topic", () => {
    const behind = new Map([['max.compaction.lag.ms', '5']])
    const problem = checkTopicConfigsOnBroker(configs('min.compaction.lag.ms=6'), new Map(), behind)
    expect(problem?.message).toBe('conflict topic config setting min.compaction.lag.ms (6) > max.compaction.lag.ms (5)')
  })

  test('a broker without tiered storage refuses topics that want it, and to leave it without deleting', () => {
    const tiered = checkTopicConfigsOnBroker(configs('remote.storage.enable=true'), new Map(), new Map())
    expect(tiered?.message).toMatch(/^Tiered Storage functionality is disabled in the broker\. /)
    const was = configs('remote.storage.enable=true')
    expect(checkTopicConfigsOnBroker(configs('retention.ms=1'), was, new Map())?.message).toMatch(
      /^It is invalid to disable remote storage without deleting remote data\. /,
    )
    expect(checkTopicConfigsOnBroker(configs('remote.log.delete.on.disable=true'), was, new Map())).toBeNull()
  })

  test('are listed in the order of a Java hash map, as Apache Kafka lists them', () => {
    const shown = inHashOrder([...topicConfigs.values()].filter((config) => !config.internal))
    expect(shown.map((config) => config.name).join(',')).toBe(
      'compression.type,remote.log.delete.on.disable,leader.replication.throttled.replicas,remote.storage.enable,min.insync.replicas,segment.jitter.ms,remote.log.copy.disable,local.retention.ms,cleanup.policy,flush.ms,follower.replication.throttled.replicas,compression.lz4.level,segment.bytes,retention.ms,compression.gzip.level,flush.messages,compression.zstd.level,max.compaction.lag.ms,file.delete.delay.ms,max.message.bytes,min.compaction.lag.ms,message.timestamp.type,local.retention.bytes,preallocate,index.interval.bytes,min.cleanable.dirty.ratio,unclean.leader.election.enable,retention.bytes,delete.retention.ms,message.timestamp.after.max.ms,message.timestamp.before.max.ms,segment.ms,segment.index.bytes',
    )
  })
})

describe('configs of a group', () => {
  const broker =
    (overrides: Record<string, number> = {}) =>
    (name: string): number =>
      overrides[name] ?? Number(brokerConfigs.get(name)!.defaultText)

  test.each([
    ['foo=1', 'Unknown group config name: foo'],
    ['consumer.session.timeout.ms=50000', null],
    [
      'consumer.session.timeout.ms=1',
      'consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
    ],
    [
      'consumer.session.timeout.ms=70000',
      'consumer.session.timeout.ms must be less than or equal to group.consumer.max.session.timeout.ms',
    ],
    [
      'consumer.assignment.interval.ms=20000',
      'consumer.assignment.interval.ms must be less than or equal to group.consumer.max.assignment.interval.ms',
    ],
    ['share.delivery.count.limit=2', null],
    [
      'streams.num.standby.replicas=5',
      'streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas',
    ],
    [
      'consumer.session.timeout.ms=abc',
      'Invalid value abc for configuration consumer.session.timeout.ms: Not a number of type INT',
    ],
  ])('%s', (text, message) => expect(checkGroupConfigs(configs(text), broker())?.message ?? null).toBe(message))

  test('a session must be longer than the heartbeat interval that holds beside it', () => {
    const wide = broker({ 'group.consumer.min.session.timeout.ms': 1 })
    expect(checkGroupConfigs(configs('consumer.session.timeout.ms=4000'), wide)?.message).toBe(
      'consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms',
    )
  })
})

describe('configs of a subscription to client metrics', () => {
  test.each([
    ['interval.ms=100', null],
    [
      'interval.ms=5',
      'INVALID_REQUEST Invalid value 5 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
    ],
    ['interval.ms=abc', 'INVALID_CONFIG Invalid value abc for configuration interval.ms: Not a number of type INT'],
    ['foo=x', 'INVALID_REQUEST Unknown client metrics configuration: foo'],
    ['match=client_id=x', null],
    ['match=foo=bar', 'INVALID_CONFIG Illegal client matching pattern: foo=bar'],
    ['match=client_id=[', 'INVALID_CONFIG Illegal client matching pattern: client_id=['],
    ['match=a=b=c', 'INVALID_CONFIG Illegal client matching pattern: a=b=c'],
    ['metrics=a,b', null],
  ])('%s', (text, expected) => {
    const problem = checkClientMetricsConfigs(configs(text))
    expect(problem === null ? null : `${problem.error} ${problem.message}`).toBe(expected)
  })
})
