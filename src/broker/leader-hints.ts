import type { Uuid } from '../bytes/uuid.js'
import type { BrokerImage } from '../cluster/image.js'
import { ErrorCode } from '../protocol/errors.js'
import type { RequestContext } from './handler.js'

export interface LeaderHint {
  readonly leaderId: number
  readonly leaderEpoch: number
}

export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** Who leads instead, told along with "not leader", so that the client need not ask for metadata first (KIP-951). */
export class LeaderHints {
  readonly #endpoints = new Map<number, NodeEndpoint>()

  constructor(readonly context: RequestContext) {}

  /** Where the brokers that were named can be reached, on the listener that the request came in on. */
  get endpoints(): NodeEndpoint[] {
    return [...this.#endpoints.values()]
  }

  /** Undefined where there is nothing to tell, or the client would not understand it. */
  of(topicId: Uuid, topic: string, index: number, error: ErrorCode): LeaderHint | undefined {
    if (error !== ErrorCode.NOT_LEADER_OR_FOLLOWER && error !== ErrorCode.FENCED_LEADER_EPOCH) return undefined
    if (!this.context.clientKnows('leaderHints')) return undefined
    const { image } = this.context.broker.metadata
    const known = image.topicById(topicId) ?? image.topic(topic)
    const partition = known?.partitions[index]
    if (partition === undefined) return undefined
    this.#name(image.brokers.get(partition.leader))
    return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch }
  }

  #name(broker: BrokerImage | undefined): void {
    const { listenerName } = this.context.connection
    const endpoint = broker?.endpoints.find(({ name }) => name === listenerName)
    if (broker === undefined || endpoint === undefined) return
    const { host, port } = endpoint
    this.#endpoints.set(broker.id, { nodeId: broker.id, host, port, rack: broker.rack })
  }
}
