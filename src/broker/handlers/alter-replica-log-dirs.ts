import { resolve } from 'node:path'
import { ErrorCode } from '../../protocol/errors.js'
import { AlterReplicaLogDirs } from '../../protocol/messages/alter-replica-log-dirs.js'
import type { LogDirectory } from '../../storage/log-directory.js'
import { fitsFuture } from '../../storage/partition-directory.js'
import type { Broker } from '../broker.js'
import { handle } from '../handler.js'

/** Moves replicas between the log directories of this broker (KIP-113): answered once that has begun. */
export const alterReplicaLogDirs = handle(AlterReplicaLogDirs, '1-2', ({ dirs }, { broker }) => {
  // Who names a replica twice means the last.
  const wanted = new Map<string, Map<number, string>>()
  for (const { path, topics } of dirs)
    for (const { name, partitions } of topics) {
      const paths = wanted.get(name) ?? new Map<number, string>()
      wanted.set(name, paths)
      for (const index of partitions) paths.set(index, path)
    }
  return {
    results: Array.from(wanted, ([topicName, paths]) => ({
      topicName,
      partitions: Array.from(paths, ([partitionIndex, path]) => ({
        partitionIndex,
        errorCode: move(broker, topicName, partitionIndex, path),
      })),
    })),
  }
})

function move(broker: Broker, topic: string, index: number, path: string): ErrorCode {
  const { partitions, metadata, nodeId } = broker
  if (!fitsFuture(topic, index)) return ErrorCode.INVALID_TOPIC_EXCEPTION
  const directory = partitions.directories.find((one) => isAt(one, path))
  if (partitions.lostDirectories.includes(path)) return ErrorCode.KAFKA_STORAGE_ERROR
  if (directory === undefined) return ErrorCode.LOG_DIR_NOT_FOUND
  if (directory.failure !== null || partitions.hasFailed(topic, index)) return ErrorCode.KAFKA_STORAGE_ERROR
  const cordoned = metadata.image.brokers.get(nodeId)?.cordonedLogDirs ?? []
  if (cordoned.includes(directory.metaProperties?.directoryId ?? '')) return ErrorCode.INVALID_REPLICA_ASSIGNMENT
  partitions.move(topic, index, directory)
  if (partitions.find(topic, index) !== null) return ErrorCode.NONE
  const isKnown = metadata.image.partition(topic, index) !== null
  return isKnown ? ErrorCode.REPLICA_NOT_AVAILABLE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}

/** Only a path as Kafka writes it is one: absolute, and without a slash at its end. */
function isAt(directory: LogDirectory, path: string): boolean {
  return directory.path === path && resolve(path) === path
}
