import { javaStringHash } from '../bytes/java-hash.js'

/** What a HashMap starts with that was not told how much is to come. */
const BUCKETS_MIN = 16
const LOAD_MAX = 0.75

/**
 * The order in which a Java HashMap with these keys, put in one after the other, lists them. Kafka's tools print some lists
 * in it, and scripts have seen them so. Equal keys count once.
 * @param bucketsMin a power of two: the size that the map was made with.
 */
export function inHashOrder(keys: Iterable<string>, bucketsMin: number = BUCKETS_MIN): string[] {
  const distinct = [...new Set(keys)]
  let buckets = bucketsMin
  while (distinct.length > buckets * LOAD_MAX) buckets *= 2
  const bucketOf = (key: string): number => {
    const hash = javaStringHash(key)
    return (hash ^ (hash >>> 16)) & (buckets - 1)
  }
  // Keys of one bucket stay in the order in which they came: sorting is stable.
  return distinct
    .map((key) => ({ key, bucket: bucketOf(key) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ key }) => key)
}
