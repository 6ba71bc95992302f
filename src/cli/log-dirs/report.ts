import type { LogDirectoryDescription } from '../../client/log-directories.js'
import { partitionName } from '../../client/topic-partition.js'
import { inHashOrder, numbersInHashOrder, partitionsInHashOrder } from '../java-hash-order.js'

/**
 * One line of JSON; keys and lists are in the order in which Kafka's tool happens to print them.
 * @param topics empty: all.
 */
export function reportJson(
  brokers: ReadonlyMap<number, readonly LogDirectoryDescription[]>,
  topics: ReadonlySet<string>,
): string {
  const report = {
    brokers: numbersInHashOrder(brokers.keys()).map((broker) => ({
      broker,
      logDirs: inOrder(brokers.get(broker) ?? []).map((directory) => directoryReport(directory, topics)),
    })),
    version: 1,
  }
  return JSON.stringify(report)
}

function inOrder(directories: readonly LogDirectoryDescription[]): LogDirectoryDescription[] {
  const byPath = new Map(directories.map((directory) => [directory.path, directory]))
  return inHashOrder(byPath.keys()).map((path) => byPath.get(path)!)
}

function directoryReport({ path, error, replicas }: LogDirectoryDescription, topics: ReadonlySet<string>) {
  const shown = partitionsInHashOrder(replicas).filter(({ topic }) => topics.size === 0 || topics.has(topic))
  return {
    partitions: shown.map((replica) => ({
      partition: partitionName(replica),
      size: replica.sizeBytes,
      offsetLag: replica.offsetLag,
      isFuture: replica.isFuture,
    })),
    error: error?.javaClass ?? null,
    logDir: path,
  }
}
