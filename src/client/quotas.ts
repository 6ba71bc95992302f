import { inEntityOrder, type QuotaEntity, type QuotaEntityType } from '../protocol/configs/quota-entity.js'
import { AlterClientQuotas } from '../protocol/messages/alter-client-quotas.js'
import { DescribeClientQuotas } from '../protocol/messages/describe-client-quotas.js'
import type { ClusterClient } from './cluster-client.js'
import { throwIfError } from './kafka-error.js'

export interface QuotaListing {
  readonly entity: QuotaEntity
  readonly values: ReadonlyMap<string, number>
}

/** `name` null: the default of that type; undefined: all of that type. */
export interface QuotaFilter {
  readonly type: QuotaEntityType
  readonly name: string | null | undefined
}

const EXACT = 0
const DEFAULT = 1
const ANY = 2

/** The quotas of entities that consist of exactly these types, in the order in which Kafka's tools have them. */
export async function describeQuotas(client: ClusterClient, filters: readonly QuotaFilter[]): Promise<QuotaListing[]> {
  return await client.run('describeClientQuotas', 'any', async ({ connection, timeoutMs }) => {
    const components = filters.map(({ type, name }) => ({
      entityType: type,
      matchType: name === undefined ? ANY : name === null ? DEFAULT : EXACT,
      match: name ?? null,
    }))
    const response = await connection.call(DescribeClientQuotas, { components, strict: true }, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
    const listings = (response.entries ?? []).map(({ entity, values }) => ({
      entity: new Map(entity.map(({ entityType, entityName }) => [entityType, entityName])),
      values: new Map(values.map(({ key, value }) => [key, value])),
    }))
    return inEntityOrder(listings, listings.length)
  })
}

/** @param changes null removes. */
export async function alterQuotas(
  client: ClusterClient,
  entity: QuotaEntity,
  changes: ReadonlyMap<string, number | null>,
): Promise<void> {
  await client.run('alterClientQuotas', 'any', async ({ connection, timeoutMs }) => {
    const entry = {
      entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
      ops: [...changes].map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
    }
    const request = { entries: [entry], validateOnly: false }
    const { entries } = await connection.call(AlterClientQuotas, request, { timeoutMs })
    for (const { errorCode, errorMessage } of entries) throwIfError(errorCode, errorMessage)
  })
}
