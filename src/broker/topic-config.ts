import { assert } from '../base/assert.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { ResourceType } from '../cluster/resource-type.js'
import { type ConfigDefinition, LONG_MAX } from '../protocol/configs/definition.js'
import { type ConfigValue, defaultValue, parseConfig } from '../protocol/configs/parse.js'
import { topicConfigs } from '../protocol/configs/topic.js'
import type { LogConfig } from '../storage/log-config.js'
import type { BrokerConfig } from './broker-config.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** What holds for a topic: its own configs, and the broker's where it has none. */
export function topicConfig(image: MetadataImage, config: BrokerConfig, topic: string): LogConfig {
  const own = image.configs(ResourceType.TOPIC, topic)
  const value = (name: string): ConfigValue => topicConfigValue(own, config, name)
  const number = (name: string): number => value(name) as number
  const text = <T extends string>(name: string): T => value(name) as T
  return {
    cleanupPolicy: new Set(value('cleanup.policy') as ('compact' | 'delete')[]),
    compressionType: text('compression.type'),
    compressionGzipLevel: number('compression.gzip.level'),
    compressionLz4Level: number('compression.lz4.level'),
    compressionZstdLevel: number('compression.zstd.level'),
    deleteRetentionMs: number('delete.retention.ms'),
    fileDeleteDelayMs: number('file.delete.delay.ms'),
    flushMessages: number('flush.messages'),
    flushMs: number('flush.ms'),
    indexIntervalBytes: number('index.interval.bytes'),
    maxCompactionLagMs: number('max.compaction.lag.ms'),
    maxMessageBytes: number('max.message.bytes'),
    messageTimestampType: text('message.timestamp.type'),
    messageTimestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
    messageTimestampAfterMaxMs: number('message.timestamp.after.max.ms'),
    minCleanableDirtyRatio: number('min.cleanable.dirty.ratio'),
    minCompactionLagMs: number('min.compaction.lag.ms'),
    minInsyncReplicas: number('min.insync.replicas'),
    preallocate: value('preallocate') as boolean,
    retentionBytes: number('retention.bytes'),
    retentionMs: number('retention.ms'),
    segmentBytes: own.has('internal.segment.bytes') ? number('internal.segment.bytes') : number('segment.bytes'),
    segmentIndexBytes: number('segment.index.bytes'),
    segmentJitterMs: number('segment.jitter.ms'),
    segmentMs: number('segment.ms'),
    uncleanLeaderElectionEnable: value('unclean.leader.election.enable') as boolean,
  }
}

/** One config of a topic: `own` are those set for the topic itself. */
export function topicConfigValue(own: ReadonlyMap<string, string>, config: BrokerConfig, name: string): ConfigValue {
  const definition = topicConfigs.get(name)
  assert(definition !== undefined, `${name} is no topic config`)
  const text = own.get(name)
  const parsed = text === undefined ? null : parseConfig(definition, text)
  return parsed?.ok ? parsed.value : brokerValue(config, definition)
}

/** What the broker's settings make of every topic config, as text: topics start from this, and are checked with it behind them. */
export function brokerTopicDefaults(config: BrokerConfig): Map<string, string> {
  const defaults = new Map<string, string>()
  for (const definition of topicConfigs.values()) {
    if (definition.internal) continue
    const ms = inMilliseconds(config, definition.name)
    const synonym = definition.synonyms[0]
    const text = ms !== null ? longText(ms) : synonym === undefined ? null : config.shownText(synonym)
    defaults.set(definition.name, text ?? definition.defaultText ?? '')
  }
  return defaults
}

function brokerValue(config: BrokerConfig, definition: ConfigDefinition): ConfigValue {
  const synonym = definition.synonyms[0]
  const value = inMilliseconds(config, definition.name) ?? (synonym === undefined ? null : config.value(synonym))
  const effective = value ?? defaultValue(definition)
  assert(effective !== null, `${definition.name} has neither value nor default`)
  return effective
}

/** Times that can be set in several units: the finest that is set counts. Null for other configs. */
function inMilliseconds(config: BrokerConfig, topicConfig: string): number | null {
  switch (topicConfig) {
    case 'retention.ms': {
      const minutes = config.numberOrNull('log.retention.minutes')
      const hours = config.int('log.retention.hours')
      const ms = config.numberOrNull('log.retention.ms') ?? (minutes === null ? hours * HOUR_MS : minutes * MINUTE_MS)
      return Math.max(-1, ms)
    }
    case 'segment.ms':
      return config.numberOrNull('log.roll.ms') ?? config.int('log.roll.hours') * HOUR_MS
    case 'segment.jitter.ms':
      return config.numberOrNull('log.roll.jitter.ms') ?? config.int('log.roll.jitter.hours') * HOUR_MS
    case 'flush.ms':
      return config.numberOrNull('log.flush.interval.ms') ?? config.long('log.flush.scheduler.interval.ms')
    default:
      return null
  }
}

function longText(value: number): string {
  return value === Number.MAX_SAFE_INTEGER ? LONG_MAX : String(value)
}
