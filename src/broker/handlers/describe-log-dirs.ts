import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeLogDirs } from '../../protocol/messages/describe-log-dirs.js'
import type { LogDirectory } from '../../storage/log-directory.js'
import { handle } from '../handler.js'
import type { Partitions } from '../partitions.js'

type IsAsked = (topic: string, partition: number) => boolean

/** What lies in each log directory, and how much room there is. */
export const describeLogDirs = handle(DescribeLogDirs, '1-5', ({ topics }, { broker }) => {
  const asked = topics && new Map(topics.map(({ topic, partitions }) => [topic, new Set(partitions)]))
  const isAsked: IsAsked = (topic, partition) => asked === null || asked.get(topic)?.has(partition) === true
  const cordoned = broker.metadata.image.brokers.get(broker.nodeId)?.cordonedLogDirs ?? []
  return {
    errorCode: ErrorCode.NONE,
    results: [
      ...broker.partitions.lostDirectories.map((logDir) => ({
        errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
        logDir,
        topics: [],
      })),
      ...broker.partitions.directories.map((directory) => ({
        errorCode: directory.failure === null ? ErrorCode.NONE : ErrorCode.KAFKA_STORAGE_ERROR,
        logDir: directory.path,
        topics: directory.failure === null ? sizesByTopic(directory, isAsked, broker.partitions) : [],
        ...spaceOf(directory),
        isCordoned: cordoned.includes(directory.metaProperties?.directoryId ?? ''),
      })),
    ],
  }
})

function sizesByTopic(directory: LogDirectory, isAsked: IsAsked, partitions: Partitions) {
  const topics = new Map<string, ReturnType<typeof sizeOf>[]>()
  const add = (topic: string, partition: number, size: ReturnType<typeof sizeOf>): void => {
    if (topic === METADATA_TOPIC || !isAsked(topic, partition)) return
    const sizes = topics.get(topic)
    if (sizes === undefined) topics.set(topic, [size])
    else sizes.push(size)
  }
  for (const { topic, partition, sizeBytes } of directory.logs) add(topic, partition, sizeOf(partition, sizeBytes))
  for (const { topic, partition, log } of directory.futures.all) {
    if (log === null) continue
    const endOffset = partitions.find(topic, partition)?.log.writtenEndOffset ?? log.logEndOffset
    add(topic, partition, sizeOf(partition, log.sizeBytes, Math.max(0, endOffset - log.logEndOffset)))
  }
  return Array.from(topics, ([name, partitions]) => ({ name, partitions }))
}

/** `lag` is what a copy on its way here has yet to get; null for what lies here. */
function sizeOf(partitionIndex: number, partitionSize: number, lag: number | null = null) {
  return { partitionIndex, partitionSize, offsetLag: lag ?? 0, isFutureKey: lag !== null }
}

/** -1 where the system does not say. */
function spaceOf(directory: LogDirectory): { totalBytes: number; usableBytes: number } {
  if (directory.failure !== null) return { totalBytes: -1, usableBytes: -1 }
  try {
    return directory.space
  } catch {
    return { totalBytes: -1, usableBytes: -1 }
  }
}
