import { javaStringHash } from '../../bytes/java-hash.js'
import { inBucketOrder } from './hash-order.js'

export type QuotaEntityType = 'user' | 'client-id' | 'ip'

/** Whom a quota is for: names by type, null for everybody of that type who has none of his own. */
export type QuotaEntity = ReadonlyMap<string, string | null>

/** The order in which a Java hash map of entities lists them: Kafka's answers and its tools go by it. */
export function inEntityOrder<T extends { readonly entity: QuotaEntity }>(items: readonly T[], capacity?: number): T[] {
  return inBucketOrder(items, ({ entity }) => entityHash(entity), capacity)
}

/** The parts of an entity in the order of a Java hash map, e.g. `[['client-id', 'a'], ['user', null]]`. */
export function entityParts(entity: QuotaEntity): [string, string | null][] {
  return inBucketOrder([...entity], ([type]) => javaStringHash(type), entity.size)
}

/** As Kafka prints one. */
export function entityText(entity: QuotaEntity): string {
  const parts = entityParts(entity).map(([type, name]) => `${type}=${name}`)
  return `ClientQuotaEntity(entries={${parts.join(', ')}})`
}

function entityHash(entity: QuotaEntity): number {
  let hash = 0
  for (const [type, name] of entity) hash += javaStringHash(type) ^ (name === null ? 0 : javaStringHash(name))
  return (31 + hash) | 0
}
