import type { NodeFaultSettings, QuorumView } from '../control/controlled.js'
import type { Verb } from '../control/verb.js'

/** One life of a broker: in this process or in one of its own. */
export interface BrokerRun {
  /** Null until there is a process. */
  readonly pid: number | null
  /** Resolves when the cluster has taken it in; rejects with a UserError where it cannot start. */
  readonly served: Promise<ServedBroker>
  /** Resolves with why, when it ends without having been told to. */
  readonly failed: Promise<string>
  /** In order. Where all go together nobody is left to take over, and nobody is waited for. */
  stop(allGo: boolean): Promise<void>
  /** As a power cut. */
  kill(): Promise<void>
  setFaults(faults: NodeFaultSettings): Promise<void>
  /** Null where it does not say, because it is just starting or stands still. */
  quorum(): Promise<QuorumView | null>
  /** Has the broker do something beside Kafka's protocol, as if it were a single one. @throws UserError when it will not */
  ask<A extends object, R>(verb: Verb<A, R>, asked: A): Promise<R>
}

export interface ServedBroker {
  readonly clusterId: string
}
