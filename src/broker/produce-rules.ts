import type { ProduceRules } from '../records/validate.js'
import type { LogConfig } from '../storage/log-config.js'
import type { Partition } from './partition.js'

/** What a partition's topic asks of a batch that comes now. */
export function produceRules(partition: Partition, nowMs: number, zstdAllowed: boolean): ProduceRules {
  const { config } = partition.log
  return {
    compressionType: config.compressionType,
    compressionLevel: compressionLevel(config),
    compacted: config.cleanupPolicy.has('compact'),
    maxMessageBytes: config.maxMessageBytes,
    topicPartition: partition.name,
    zstdAllowed,
    timestampType: config.messageTimestampType,
    beforeMaxMs: config.messageTimestampBeforeMaxMs,
    afterMaxMs: config.messageTimestampAfterMaxMs,
    nowMs,
  }
}

function compressionLevel(config: LogConfig): number | undefined {
  switch (config.compressionType) {
    case 'gzip':
      return config.compressionGzipLevel
    case 'lz4':
      return config.compressionLz4Level
    case 'zstd':
      return config.compressionZstdLevel
    default:
      return undefined
  }
}
