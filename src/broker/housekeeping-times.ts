import type { HousekeepingTimes } from '../storage/housekeeping.js'
import type { CleanerSettings } from '../storage/log-cleaner.js'
import type { BrokerConfig } from './broker-config.js'

export function housekeepingTimes(config: BrokerConfig): HousekeepingTimes {
  return {
    logFlushOffsetCheckpointIntervalMs: config.int('log.flush.offset.checkpoint.interval.ms'),
    logFlushStartOffsetCheckpointIntervalMs: config.int('log.flush.start.offset.checkpoint.interval.ms'),
    replicaHighWatermarkCheckpointIntervalMs: config.long('replica.high.watermark.checkpoint.interval.ms'),
    logRetentionCheckIntervalMs: config.long('log.retention.check.interval.ms'),
    logInitialTaskDelayMs: config.long('log.initial.task.delay.ms'),
    producerIdExpirationCheckIntervalMs: config.int('producer.id.expiration.check.interval.ms'),
  }
}

export function cleanerSettings(config: BrokerConfig): CleanerSettings {
  return {
    logCleanerEnable: config.boolean('log.cleaner.enable'),
    logCleanerBackoffMs: config.long('log.cleaner.backoff.ms'),
    logCleanerDedupeBufferSize: config.long('log.cleaner.dedupe.buffer.size'),
    logCleanerIoMaxBytesPerSecond: config.double('log.cleaner.io.max.bytes.per.second'),
    logCleanerIoBufferLoadFactor: config.double('log.cleaner.io.buffer.load.factor'),
  }
}
