import type { QuotaEntity } from '../protocol/configs/quota-entity.js'
import type { MetadataImage } from './metadata-image.js'

/** Everything that is set for one entity. */
export interface ClientQuotas {
  readonly entity: QuotaEntity
  readonly values: ReadonlyMap<string, number>
}

/** All quotas of users, client ids and addresses. */
export function clientQuotasOf(image: MetadataImage): ClientQuotas[] {
  const found = new Map<string, { readonly entity: QuotaEntity; readonly values: Map<string, number> }>()
  for (const record of image.parts.others.values()) {
    if (record.type !== 'ClientQuota') continue
    const entity: QuotaEntity = new Map(record.entity.map(({ entityType, entityName }) => [entityType, entityName]))
    const key = entityKey(entity)
    const quotas = found.get(key) ?? { entity, values: new Map<string, number>() }
    quotas.values.set(record.key, record.value)
    found.set(key, quotas)
  }
  return [...found.values()]
}

/** The same for entities that are equal. */
export function entityKey(entity: QuotaEntity): string {
  return JSON.stringify([...entity].sort(([a], [b]) => (a < b ? -1 : 1)))
}
