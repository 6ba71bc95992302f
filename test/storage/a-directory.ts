import type { HousekeepingTimes } from '../../src/storage/housekeeping.js'
import type { CleanerSettings } from '../../src/storage/log-cleaner.js'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { seededRandom } from '../support/seeded-random.js'
import type { Bench } from './a-log.js'

/** Kafka's defaults. */
export const TIMES: HousekeepingTimes = {
  logFlushOffsetCheckpointIntervalMs: 60_000,
  logFlushStartOffsetCheckpointIntervalMs: 60_000,
  replicaHighWatermarkCheckpointIntervalMs: 5_000,
  logRetentionCheckIntervalMs: 300_000,
  logInitialTaskDelayMs: 30_000,
  producerIdExpirationCheckIntervalMs: 600_000,
}

export const CLEANER: CleanerSettings = {
  logCleanerEnable: true,
  logCleanerBackoffMs: 15_000,
  logCleanerDedupeBufferSize: 134_217_728,
  logCleanerIoBufferLoadFactor: 0.9,
}

export const TOPIC_ID = 'I3-18XHnT1aDlYzvouUNzQ'
export const MARKER = '/logs/.kafka_cleanshutdown'

export function open(on: Bench): LogDirectory {
  return LogDirectory.open({ ...on, random: seededRandom(1), path: '/logs' })
}

export function openLog(
  directory: LogDirectory,
  topic: string,
  partition = 0,
  config: Partial<LogConfig> = {},
): PartitionLog {
  return directory.openLog({ topic, partition, topicId: TOPIC_ID, config: { ...DEFAULT_LOG_CONFIG, ...config } })
}

export const text = (on: Bench, name: string): string | undefined => on.disk.readFile(`/logs/${name}`)?.toString()
