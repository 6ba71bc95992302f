import type { Uuid } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import { type Endpoint, endpointOf } from './endpoints.js'
import type { RequestContext } from './handler.js'

export interface LeaderHint {
  readonly leaderId: number
  readonly leaderEpoch: number
}

/** Who leads instead, told along with "not leader", so that the client need not ask for metadata first (KIP-951). */
export class LeaderHints {
  /** Made where there is something to tell: of every Produce answer this would be the dearest part otherwise. */
  #endpoints: Map<number, Endpoint> | null = null

  constructor(readonly context: RequestContext) {}

  /** Where the brokers that were named can be reached, on the listener that the request came in on. */
  get endpoints(): Endpoint[] {
    return this.#endpoints === null ? [] : [...this.#endpoints.values()]
  }

  /** Undefined where there is nothing to tell, or the client would not understand it. */
  of(topicId: Uuid, topic: string, index: number, error: ErrorCode): LeaderHint | undefined {
    if (error !== ErrorCode.NOT_LEADER_OR_FOLLOWER && error !== ErrorCode.FENCED_LEADER_EPOCH) return undefined
    if (!this.context.clientKnows('leaderHints')) return undefined
    const { image } = this.context.broker.metadata
    const known = image.topicById(topicId) ?? image.topic(topic)
    const partition = known?.partitions[index]
    if (partition === undefined) return undefined
    const leader = image.brokers.get(partition.leader)
    const endpoint = leader === undefined ? null : endpointOf(leader, this.context.connection)
    if (endpoint !== null) {
      this.#endpoints ??= new Map()
      this.#endpoints.set(endpoint.nodeId, endpoint)
    }
    return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch }
  }
}
