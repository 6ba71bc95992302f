import { describe, expect, test } from 'vitest'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { cleanerSettings } from '../../src/broker/housekeeping-times.js'
import { inactiveBrokerConfigs, inactiveTopicConfigs, isInactive } from '../../src/broker/inactive-configs.js'
import { topicConfig } from '../../src/broker/topic-config.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { MetadataRecord } from '../../src/cluster/records.js'
import { brokerConfigs } from '../../src/protocol/configs/broker.js'
import { topicConfigs } from '../../src/protocol/configs/topic.js'
import { DataPathBroker } from '../support/data-path-broker.js'

/** Another value for each config that stands behind a topic's. */
const OTHER: Record<string, string> = {
  'compression.type': 'gzip',
  'log.cleanup.policy': 'compact',
  'log.message.timestamp.type': 'LogAppendTime',
  'log.preallocate': 'true',
  'unclean.leader.election.enable': 'true',
  'log.cleaner.min.cleanable.ratio': '0.25',
  'compression.gzip.level': '3',
  'compression.lz4.level': '3',
  'compression.zstd.level': '7',
  'log.segment.bytes': '2000000',
}
/** Obeyed in other ways than by a topic's config: how, is a test of its own. */
const ELSEWHERE: readonly string[] = [
  'log.cleaner.dedupe.buffer.size',
  'log.cleaner.io.buffer.load.factor',
  'log.cleaner.backoff.ms',
  'log.cleaner.io.max.bytes.per.second',
  'producer.id.expiration.ms',
  'cordoned.log.dirs',
  'transaction.partition.verification.enable',
  'max.connections.per.ip',
  'max.connections.per.ip.overrides',
  'max.connections',
  'max.connection.creation.rate',
  'listeners',
  'listener.security.protocol.map',
]

const dynamic = [...brokerConfigs.values()].filter(({ update }) => update !== 'read-only').map(({ name }) => name)
const behindTopics = [...topicConfigs.values()]
  .filter(({ name }) => !isInactive(inactiveTopicConfigs, name))
  .flatMap(({ synonyms }) => synonyms)
  .filter((name) => dynamic.includes(name))

function setting(name: string, value: string | null): MetadataRecord {
  return { type: 'Config', resourceType: 4, resourceName: '', name, value }
}

describe('what Kafka lets be set on a running broker', () => {
  test.each(behindTopics)('%s holds for every topic at once, and no longer when it is taken back', (name) => {
    const config = new BrokerConfig({ nodeId: 0, settings: new Map() })
    const before = topicConfig(MetadataImage.empty, config, 'orders')
    const image = MetadataImage.empty.apply([setting(name, OTHER[name] ?? '1234567')], { offset: 1, epoch: 1 })
    config.follow(image)
    expect(topicConfig(image, config, 'orders')).not.toEqual(before)
    config.follow(MetadataImage.empty)
    expect(topicConfig(MetadataImage.empty, config, 'orders')).toEqual(before)
  })

  test('is in one of these lists, each config', () => {
    for (const name of dynamic) {
      const isAsked = behindTopics.includes(name) || ELSEWHERE.includes(name)
      expect(isAsked, name).toBe(!isInactive(inactiveBrokerConfigs, name))
    }
  })

  test('reaches the compaction of logs', () => {
    const config = new BrokerConfig({ nodeId: 0, settings: new Map() })
    const records = [
      setting('log.cleaner.dedupe.buffer.size', '9999999'),
      setting('log.cleaner.io.buffer.load.factor', '0.5'),
      setting('log.cleaner.backoff.ms', '77'),
      setting('log.cleaner.io.max.bytes.per.second', '1000000'),
    ]
    config.follow(MetadataImage.empty.apply(records, { offset: 1, epoch: 1 }))
    expect(cleanerSettings(config)).toMatchObject({
      logCleanerDedupeBufferSize: 9_999_999,
      logCleanerIoBufferLoadFactor: 0.5,
      logCleanerBackoffMs: 77,
      logCleanerIoMaxBytesPerSecond: 1_000_000,
    })
  })

  test('reaches logs that are open, and how long idle producers are remembered', async () => {
    const broker = await DataPathBroker.start()
    try {
      broker.createTopic('orders')
      broker.apply(setting('log.retention.ms', '5'), setting('producer.id.expiration.ms', '6'))
      expect(broker.partitions.find('orders', 0)!.log.config.retentionMs).toBe(5)
      expect(broker.partitions.directories[0]!.producerIdleMs).toBe(6)
      broker.apply(setting('log.retention.ms', null), setting('producer.id.expiration.ms', null))
      expect(broker.partitions.find('orders', 0)!.log.config.retentionMs).toBe(604_800_000)
      expect(broker.partitions.directories[0]!.producerIdleMs).toBe(86_400_000)
    } finally {
      await broker.close()
    }
  })
})
