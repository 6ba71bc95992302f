import { javaStringHash } from '../../bytes/java-hash.js'

/** What a Java hash map starts with that was not told how much is to come. */
const BUCKETS_MIN = 16

/**
 * The order in which a Java hash map of these names lists them: Kafka's answers come in it, tools print it, and
 * scripts compare it. Items that share a bucket keep their order. Names are distinct.
 */
export function inHashOrder<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return inBucketOrder(items, ({ name }) => javaStringHash(name))
}

/** The same for items with hashes of their own. `capacity` is what the map was told to expect. */
export function inBucketOrder<T>(items: readonly T[], hashOf: (item: T) => number, capacity = BUCKETS_MIN): T[] {
  const mask = tableSize(items.length, capacity) - 1
  // Numbers are sorted in a tenth of the time that it takes to compare items, and there may be a hundred thousand.
  const order = new Float64Array(items.length)
  for (const [at, item] of items.entries()) order[at] = (spread(hashOf(item)) & mask) * items.length + at
  return Array.from(order.sort(), (key) => items[key % items.length]!)
}

/** Tables begin with a power of two and double when three quarters are used. */
function tableSize(count: number, capacity: number): number {
  let size = 1
  while (size < capacity || count > size * 0.75) size *= 2
  return size
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16)
}
