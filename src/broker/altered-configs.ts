import { type Refusal, refusal } from '../cluster/decision.js'
import { ErrorCode } from '../protocol/errors.js'
import { REPEATED, repeatedResources, resourceKey } from './config-requests.js'
import type { OwnTurns } from './turns.js'

interface AskedResource {
  readonly resourceType: number
  readonly resourceName: string
}

interface ResourceAnswer extends AskedResource {
  readonly errorCode: ErrorCode
  readonly errorMessage: string | null
}

export interface ConfigWork<R extends AskedResource> {
  /** What a broker decides by itself: a refusal, or that it is done; null for what is the controller's. */
  decide(asked: R): Refusal | 'done' | null
  /** For the controller, all of them together. */
  change(remaining: readonly R[]): Promise<readonly ResourceAnswer[]>
}

/** Works through the resources of a request that changes configs; answers in its order. */
export async function alteredConfigs<R extends AskedResource>(
  resources: readonly R[],
  { decide, change }: ConfigWork<R>,
  turns: OwnTurns,
): Promise<ResourceAnswer[]> {
  const repeated = repeatedResources(resources)
  const decisions = await turns.map(resources, (asked) => (repeated.has(asked) ? REPEATED : decide(asked)))
  const decided = new Map(resources.map((asked, at) => [asked, decisions[at] ?? null]))
  const remaining = resources.filter((asked) => decided.get(asked) === null)
  const changed = remaining.length === 0 ? [] : await change(remaining)
  const outcomes = new Map(changed.map((answer) => [resourceKey(answer), answer]))
  return resources.map((asked) => {
    const { resourceType, resourceName } = asked
    const known = decided.get(asked)
    const outcome = known === 'done' ? null : (known ?? outcomes.get(resourceKey(asked)) ?? UNANSWERED)
    const { errorCode = ErrorCode.NONE, errorMessage = null } = outcome ?? {}
    return { errorCode, errorMessage, resourceType, resourceName }
  })
}

const UNANSWERED = refusal(ErrorCode.UNKNOWN_SERVER_ERROR)
