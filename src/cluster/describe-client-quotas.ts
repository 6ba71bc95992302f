import { inEntityOrder } from '../protocol/configs/quota-entity.js'
import { ErrorCode } from '../protocol/errors.js'
import type { DescribeClientQuotas } from '../protocol/messages/describe-client-quotas.js'
import type { ReadRequest } from '../protocol/schema.js'
import { type ClientQuotas, clientQuotasOf } from './client-quotas.js'
import { type Refusal, refusal } from './decision.js'
import type { MetadataImage } from './metadata-image.js'

export type DescribeClientQuotasRequest = Pick<ReadRequest<typeof DescribeClientQuotas>, 'components' | 'strict'>
type Component = DescribeClientQuotasRequest['components'][number]

const MATCH_EXACT = 0
const MATCH_DEFAULT = 1
const MATCH_ANY = 2
const TYPES: readonly string[] = ['ip', 'user', 'client-id']

/** The quotas of the entities that every component of the filter fits; strictly: and that have no other parts. */
export function describeClientQuotas(
  image: MetadataImage,
  { components, strict }: DescribeClientQuotasRequest,
): ClientQuotas[] | Refusal {
  const refused = refuseFilter(components)
  if (refused !== null) return refused
  // Asked strictly for entities without any part there is none, as there is no such entity.
  const found = clientQuotasOf(image).filter(
    ({ entity }) =>
      components.every((component) => matches(entity, component)) && (!strict || entity.size === components.length),
  )
  return inEntityOrder(found)
}

function matches(entity: ClientQuotas['entity'], { entityType, matchType, match }: Component): boolean {
  if (matchType === MATCH_ANY) return entity.has(entityType)
  return entity.has(entityType) && entity.get(entityType) === match
}

function refuseFilter(components: readonly Component[]): Refusal | null {
  const seen = new Set<string>()
  for (const component of components) {
    const refused = refuseComponent(component, seen)
    if (refused !== null) return refused
    seen.add(component.entityType)
  }
  if (!seen.has('ip') || seen.size === 1) return null
  return refusal(
    ErrorCode.INVALID_REQUEST,
    'Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.',
  )
}

function refuseComponent({ entityType, matchType, match }: Component, seen: ReadonlySet<string>): Refusal | null {
  const invalid = (message: string): Refusal => refusal(ErrorCode.INVALID_REQUEST, message)
  if (entityType === '') return invalid('Invalid empty entity type.')
  if (seen.has(entityType)) return invalid(`Entity type ${entityType} cannot appear more than once in the filter.`)
  if (!TYPES.includes(entityType))
    return refusal(ErrorCode.UNSUPPORTED_VERSION, `Unsupported entity type ${entityType}`)
  if (matchType === MATCH_EXACT)
    return match === null ? invalid('Request specified MATCH_TYPE_EXACT, but set match string to null.') : null
  if (matchType !== MATCH_DEFAULT && matchType !== MATCH_ANY) return invalid(`Unknown match type ${matchType}`)
  const name = matchType === MATCH_DEFAULT ? 'MATCH_TYPE_DEFAULT' : 'MATCH_TYPE_SPECIFIED'
  return match === null ? null : invalid(`Request specified ${name}, but also specified a match string.`)
}
