import { javaStringHash } from '../../bytes/java-hash.js'

/**
 * The order in which a Java hash map of these names lists them: Kafka's answers come in it, tools print it, and
 * scripts compare it. Items that share a bucket keep their order. Names are distinct.
 */
export function inHashOrder<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const mask = tableSize(items.length) - 1
  const bucket = new Map(items.map((item) => [item, spread(javaStringHash(item.name)) & mask]))
  return [...items].sort((a, b) => bucket.get(a)! - bucket.get(b)!)
}

/** Tables start with 16 buckets and double when three quarters are used. */
function tableSize(count: number): number {
  let size = 16
  while (count > size * 0.75) size *= 2
  return size
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16)
}
