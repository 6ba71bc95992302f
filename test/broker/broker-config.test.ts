import { describe, expect, test } from 'vitest'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { brokerTopicDefaults, topicConfig } from '../../src/broker/topic-config.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { ALL_BROKERS, ResourceType } from '../../src/cluster/resource-type.js'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'

const started = (settings: Record<string, string>, defaults: Record<string, string> = {}): BrokerConfig =>
  new BrokerConfig({
    nodeId: 0,
    settings: new Map(Object.entries(settings)),
    defaults: new Map(Object.entries(defaults)),
  })

const imageWith = (...configs: [type: number, resource: string, name: string, value: string][]): MetadataImage =>
  MetadataImage.empty.apply(
    configs.map(([resourceType, resourceName, name, value]) => ({
      type: 'Config',
      resourceType,
      resourceName,
      name,
      value,
    })),
    { offset: configs.length - 1, epoch: 1 },
  )

describe("a broker's settings", () => {
  test("without any, Kafka's defaults hold, by type", () => {
    const config = started({})
    expect(config.int('num.partitions')).toBe(1)
    expect(config.boolean('auto.create.topics.enable')).toBe(true)
    expect(config.list('group.consumer.assignors')).toEqual(['uniform', 'range'])
    expect(config.numberOrNull('log.retention.ms')).toBeNull()
    expect(config.long('log.flush.interval.messages')).toBe(Number.MAX_SAFE_INTEGER)
    expect(config.shownText('log.flush.interval.messages')).toBe('9223372036854775807')
    expect(config.int('broker.id')).toBe(0)
  })

  test('what it was started with stands before other starting values, and those before the defaults', () => {
    const config = started(
      { 'num.partitions': ' 3 ' },
      { 'num.partitions': '2', 'group.initial.rebalance.delay.ms': '0' },
    )
    expect(config.int('num.partitions')).toBe(3)
    expect(config.shownText('num.partitions')).toBe('3')
    expect(config.int('group.initial.rebalance.delay.ms')).toBe(0)
  })

  test("a value that is not allowed is refused in Kafka's words", () => {
    expect(() => started({ 'num.partitions': '0' })).toThrow(
      'Invalid value 0 for configuration num.partitions: Value must be at least 1',
    )
    expect(() => started({ 'zookeeper.connect': 'anything' })).not.toThrow()
    expect(BrokerConfig.isKnown('zookeeper.connect')).toBe(false)
    expect(BrokerConfig.isKnown('listener.name.inside.ssl.keystore.location')).toBe(true)
  })

  test('what was set for the broker stands before what was set for all, and both before what it was started with', () => {
    const config = started({ 'log.cleaner.threads': '4', 'message.max.bytes': '100' })
    let changes = 0
    config.onChange(() => changes++)
    const both = imageWith(
      [ResourceType.BROKER, ALL_BROKERS, 'log.cleaner.threads', '2'],
      [ResourceType.BROKER, '0', 'log.cleaner.threads', '3'],
      [ResourceType.BROKER, '1', 'message.max.bytes', '7'],
    )
    config.follow(both)
    expect(config.int('log.cleaner.threads')).toBe(3)
    expect(config.int('message.max.bytes')).toBe(100)
    config.follow(both)
    expect(changes).toBe(1)
    config.follow(imageWith([ResourceType.BROKER, ALL_BROKERS, 'log.cleaner.threads', '2']))
    expect(config.int('log.cleaner.threads')).toBe(2)
    config.follow(MetadataImage.empty)
    expect(config.int('log.cleaner.threads')).toBe(4)
    expect(changes).toBe(3)
  })

  test('a read-only setting cannot be overruled from the metadata', () => {
    const config = started({})
    config.follow(imageWith([ResourceType.BROKER, '0', 'num.partitions', '9']))
    expect(config.int('num.partitions')).toBe(1)
  })
})

describe("a topic's effective configs", () => {
  test("without settings they are Kafka's defaults", () => {
    expect(topicConfig(MetadataImage.empty, started({}), 'orders')).toEqual(DEFAULT_LOG_CONFIG)
  })

  test("the broker's settings stand behind the topic's, of several units the finest counts", () => {
    const config = started({
      'log.retention.hours': '24',
      'log.retention.minutes': '3',
      'log.segment.bytes': '2000000',
    })
    const image = imageWith([ResourceType.TOPIC, 'orders', 'segment.bytes', '1048577'])
    expect(topicConfig(image, config, 'orders')).toMatchObject({ retentionMs: 180_000, segmentBytes: 1_048_577 })
    expect(topicConfig(image, config, 'other')).toMatchObject({ retentionMs: 180_000, segmentBytes: 2_000_000 })
  })

  test('internal.segment.bytes, which is not shown, makes segments of any size', () => {
    const image = imageWith([ResourceType.TOPIC, 'orders', 'internal.segment.bytes', '4000'])
    expect(topicConfig(image, started({}), 'orders').segmentBytes).toBe(4000)
  })

  test('defaults for new topics come as text, longs exact', () => {
    const defaults = brokerTopicDefaults(started({ 'log.roll.hours': '2' }))
    expect(defaults.get('segment.ms')).toBe('7200000')
    expect(defaults.get('flush.ms')).toBe('9223372036854775807')
    expect(defaults.get('min.cleanable.dirty.ratio')).toBe('0.5')
    expect(defaults.get('leader.replication.throttled.replicas')).toBe('')
    expect(defaults.size).toBe(33)
  })
})
