import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeLogDirs } from '../../protocol/messages/describe-log-dirs.js'
import type { LogDirectory } from '../../storage/log-directory.js'
import { handle } from '../handler.js'

type IsAsked = (topic: string, partition: number) => boolean

/** What lies in each log directory, and how much room there is. */
export const describeLogDirs = handle(DescribeLogDirs, '1-5', ({ topics }, { broker }) => {
  const asked = topics && new Map(topics.map(({ topic, partitions }) => [topic, new Set(partitions)]))
  const isAsked: IsAsked = (topic, partition) => asked === null || asked.get(topic)?.has(partition) === true
  const cordoned = broker.metadata.image.brokers.get(broker.nodeId)?.cordonedLogDirs ?? []
  return {
    errorCode: ErrorCode.NONE,
    results: broker.partitions.directories.map((directory) => ({
      errorCode: ErrorCode.NONE,
      logDir: directory.path,
      topics: sizesByTopic(directory, isAsked),
      ...spaceOf(directory),
      isCordoned: cordoned.includes(directory.metaProperties?.directoryId ?? ''),
    })),
  }
})

function sizesByTopic(directory: LogDirectory, isAsked: IsAsked) {
  const topics = new Map<string, ReturnType<typeof sizeOf>[]>()
  for (const { topic, partition, sizeBytes } of directory.logs) {
    if (topic === METADATA_TOPIC || !isAsked(topic, partition)) continue
    const sizes = topics.get(topic)
    if (sizes === undefined) topics.set(topic, [sizeOf(partition, sizeBytes)])
    else sizes.push(sizeOf(partition, sizeBytes))
  }
  return Array.from(topics, ([name, partitions]) => ({ name, partitions }))
}

function sizeOf(partitionIndex: number, partitionSize: number) {
  return { partitionIndex, partitionSize, offsetLag: 0, isFutureKey: false }
}

/** -1 where the system does not say. */
function spaceOf(directory: LogDirectory): { totalBytes: number; usableBytes: number } {
  try {
    return directory.space
  } catch {
    return { totalBytes: -1, usableBytes: -1 }
  }
}
