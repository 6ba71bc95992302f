import type { HousekeepingTimes } from '../storage/housekeeping.js'
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
