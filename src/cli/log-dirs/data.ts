import type { LogDirectoryDescription } from '../../client/log-directories.js'
import { comparePartitions } from '../../client/topic-partition.js'
import { boolean, number, orNull, type RowIn, rows, shape, text } from '../data/shape.js'

export const LOG_DIRECTORIES = shape(
  '',
  {
    broker: number('id of the broker'),
    logDir: text('path of the directory there'),
    error: orNull(text('why it cannot be used; null if it can')),
    partitions: rows('what lies in it', {
      topic: text('a topic'),
      partition: number('a partition of it'),
      sizeBytes: number('of its files of records'),
      offsetLag: number('records that the copy is behind'),
      isFuture: boolean('it is being moved into this directory'),
    }),
  },
  { expands: 'partitions', columns: ['broker', 'topic', 'partition', 'sizeBytes', 'offsetLag', 'logDir'] },
)

/** @param topics empty: all. */
export function directoryRows(
  broker: number,
  directories: readonly LogDirectoryDescription[],
  topics: ReadonlySet<string>,
): RowIn<typeof LOG_DIRECTORIES>[] {
  return directories.map(({ path, error, replicas }) => ({
    broker,
    logDir: path,
    error: error?.message ?? null,
    partitions: [...replicas]
      .filter(({ topic }) => topics.size === 0 || topics.has(topic))
      .sort(comparePartitions)
      .map(({ topic, partition, sizeBytes, offsetLag, isFuture }) => ({
        topic,
        partition,
        sizeBytes,
        offsetLag,
        isFuture,
      })),
  }))
}
