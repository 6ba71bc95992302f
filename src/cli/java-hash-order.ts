import { javaStringHash } from '../bytes/java-hash.js'
import { partitionName, type TopicPartition } from '../client/topic-partition.js'

/** What a HashMap starts with that was not told how much is to come. */
const BUCKETS_MIN = 16
const LOAD_MAX = 0.75

/**
 * The order in which a Java HashMap with these keys, put in one after the other, lists them. Kafka's tools print some lists
 * in it, and scripts have seen them so. Equal keys count once.
 * @param bucketsMin a power of two: the size that the map was made with.
 */
export function inHashOrder(keys: Iterable<string>, bucketsMin: number = BUCKETS_MIN): string[] {
  return inOrderOf([...new Set(keys)], javaStringHash, bucketsMin)
}

/** The same for partitions. */
export function partitionsInHashOrder<T extends TopicPartition>(partitions: Iterable<T>): T[] {
  const distinct = new Map([...partitions].map((partition) => [partitionName(partition), partition]))
  const hashOf = ({ topic, partition }: T): number => (31 * (31 + partition) + javaStringHash(topic)) | 0
  return inOrderOf([...distinct.values()], hashOf, BUCKETS_MIN)
}

/** The same for numbers. */
export function numbersInHashOrder(numbers: Iterable<number>): number[] {
  return inOrderOf([...new Set(numbers)], (number) => number, BUCKETS_MIN)
}

function inOrderOf<T>(distinct: readonly T[], hashOf: (key: T) => number, bucketsMin: number): T[] {
  let buckets = bucketsMin
  while (distinct.length > buckets * LOAD_MAX) buckets *= 2
  const bucketOf = (key: T): number => {
    const hash = hashOf(key)
    return (hash ^ (hash >>> 16)) & (buckets - 1)
  }
  // Keys of one bucket stay in the order in which they came: sorting is stable.
  return distinct
    .map((key) => ({ key, bucket: bucketOf(key) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ key }) => key)
}
