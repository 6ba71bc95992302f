import { javaStringHash } from '../bytes/java-hash.js'
import type { ConfigDefinition } from '../protocol/configs/definition.js'
import { inBucketOrder } from '../protocol/configs/hash-order.js'
import { clientQuotaDefinitions, ipQuotaDefinitions } from '../protocol/configs/quota.js'
import { entityParts, entityText, inEntityOrder, type QuotaEntity } from '../protocol/configs/quota-entity.js'
import { ErrorCode } from '../protocol/errors.js'
import type { AlterClientQuotas } from '../protocol/messages/alter-client-quotas.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { clientQuotasOf, entityKey } from './client-quotas.js'
import { type Decision, type Refusal, refusal } from './decision.js'
import type { MetadataImage } from './metadata-image.js'
import type { RecordOf } from './records.js'

export type AlterClientQuotasRequest = ReadRequest<typeof AlterClientQuotas>
type AlterClientQuotasResponse = WriteResponse<typeof AlterClientQuotas>
type Entry = AlterClientQuotasRequest['entries'][number]

const INT_MAX = 2 ** 31 - 1
const LONG_MAX = 2 ** 63
/** A float may be so far from a whole number that it is meant to be. */
const WHOLE_TOLERANCE = 1e-6

/**
 * Sets and removes quotas, each entity whole or not at all.
 * @param isAddress whether an `ip` entity is an address, or a name that has one
 */
export function alterClientQuotas(
  image: MetadataImage,
  { entries, validateOnly }: AlterClientQuotasRequest,
  isAddress: (name: string) => boolean,
): Decision<AlterClientQuotasResponse> {
  const current = new Map(clientQuotasOf(image).map(({ entity, values }) => [entityKey(entity), values]))
  const records: RecordOf<'ClientQuota'>[] = []
  const results = new Map<string, { readonly entity: QuotaEntity; readonly refused: Refusal | null }>()
  for (const entry of entries) {
    const entity: QuotaEntity = new Map(entry.entity.map(({ entityType, entityName }) => [entityType, entityName]))
    const key = entityKey(entity)
    const decided =
      refuseRepetition(entry, entity, results.has(key)) ??
      refuseEntity(entity, isAddress) ??
      changesOf(entity, changed(entry), current.get(key) ?? new Map())
    const isRefused = 'errorCode' in decided
    if (!isRefused) for (const record of decided) records.push(record)
    results.set(key, { entity, refused: isRefused ? decided : null })
  }
  const response = {
    entries: inEntityOrder([...results.values()]).map(({ entity, refused }) => ({
      ...(refused ?? { errorCode: ErrorCode.NONE, errorMessage: null }),
      entity: entityParts(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
    })),
  }
  return { records: validateOnly ? [] : records, response }
}

/** Values by key, null where one is to go; in the order in which Kafka looks at them. */
function changed({ ops }: Entry): [string, number | null][] {
  const changes = ops.map(({ key, value, remove }): [string, number | null] => [key, remove ? null : value])
  return inBucketOrder(changes, ([key]) => javaStringHash(key), ops.length)
}

/** An entity that comes a second time, or that has a key twice, is told that it has come twice. */
function refuseRepetition({ ops }: Entry, entity: QuotaEntity, isKnown: boolean): Refusal | null {
  const isDoubled = new Set(ops.map(({ key }) => key)).size < ops.length
  if (!isKnown && !isDoubled) return null
  return refusal(ErrorCode.INVALID_REQUEST, `Ignoring duplicate entity ${entityText(entity)}`)
}

function refuseEntity(entity: QuotaEntity, isAddress: (name: string) => boolean): Refusal | null {
  const invalid = (message: string): Refusal => refusal(ErrorCode.INVALID_REQUEST, message)
  if (entity.size === 0) return invalid('Invalid empty client quota entity')
  for (const [type, name] of entityParts(entity)) {
    if (type !== 'user' && type !== 'client-id' && type !== 'ip')
      return invalid(`Unhandled client quota entity type: ${type}`)
    if (name === '') return invalid(`Empty ${type} not supported`)
  }
  const address = entity.get('ip')
  if (address === undefined) return null
  if (entity.size > 1)
    return invalid('Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId')
  if (address === null || isAddress(address)) return null
  return invalid(`${address} is not a valid IP or resolvable host.`)
}

function changesOf(
  entity: QuotaEntity,
  changes: readonly (readonly [string, number | null])[],
  current: ReadonlyMap<string, number>,
): RecordOf<'ClientQuota'>[] | Refusal {
  const definitions = entity.has('ip') ? ipQuotaDefinitions : clientQuotaDefinitions
  const named = entityParts(entity).map(([entityType, entityName]) => ({ entityType, entityName }))
  const records: RecordOf<'ClientQuota'>[] = []
  for (const [key, value] of changes) {
    if (value === null) {
      if (current.has(key)) records.push({ type: 'ClientQuota', entity: named, key, value: 0, remove: true })
      continue
    }
    const refused = refuseValue(definitions, key, value)
    if (refused !== null) return refused
    if (current.get(key) !== value) records.push({ type: 'ClientQuota', entity: named, key, value, remove: false })
  }
  return records
}

function refuseValue(definitions: readonly ConfigDefinition[], key: string, value: number): Refusal | null {
  const invalid = (message: string): Refusal => refusal(ErrorCode.INVALID_REQUEST, message)
  const definition = definitions.find(({ name }) => name === key)
  if (definition === undefined) return invalid(`Invalid configuration key ${key}`)
  if (value <= 0) return invalid(`Quota ${key} must be greater than 0`)
  if (definition.type === 'DOUBLE') return null
  if (definition.type === 'INT' && value > INT_MAX) return invalid(`Proposed value for ${key} is too large for an INT.`)
  if (value > LONG_MAX) return invalid(`Proposed value for ${key} is too large for a LONG.`)
  return Math.abs(value % 1) > WHOLE_TOLERANCE ? invalid(`${key} cannot be a fractional value.`) : null
}
