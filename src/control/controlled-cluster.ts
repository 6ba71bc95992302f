import type { NodeFaultSettings } from './controlled.js'
import type { Verb } from './verb.js'

/** Where a broker stands: `starting` waits for the cluster to take it in, `failed` could not start. */
export type BrokerStanding = 'starting' | 'running' | 'paused' | 'stopped' | 'killed' | 'failed'

/** One broker of a cluster on this machine. */
export interface ClusterMember {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly standing: BrokerStanding
  /** Why it has the standing that it has, where that is not what somebody asked for. */
  readonly reason: string | null
  /** Null while it does not run. */
  readonly pid: number | null
  /** Whether it elects the controller; else it only follows. */
  readonly isVoter: boolean
  readonly directory: string
  readonly faults: NodeFaultSettings
}

export interface ClusterStatus {
  readonly members: readonly ClusterMember[]
  /** Null where the brokers have none. */
  readonly leaderId: number | null
  /** Whether so many voters reach one another that they can elect a controller. */
  readonly hasQuorum: boolean
}

/** Several brokers on this machine. Everything throws UserError for a broker that is not there, or cannot be asked for that now. */
export interface ControlledCluster {
  status(): Promise<ClusterStatus>
  /** Brings one back that was stopped or killed; resolves with how it stands then. */
  start(id: number): Promise<ClusterMember>
  /** Others lead before it is gone. `isForced` takes the quorum away too. */
  stop(id: number, isForced: boolean): Promise<void>
  /** As a power cut. */
  kill(id: number, isForced: boolean): Promise<void>
  pause(id: number, isForced: boolean): Promise<void>
  resume(id: number): Promise<void>
  /** Its fetches as a replica are late by `lagMs` from now on; 0 ends that. */
  lag(id: number, lagMs: number): Promise<void>
  /** None of `others` reaches `id`, nor the other way round. */
  cut(id: number, others: readonly number[], isForced: boolean): Promise<void>
  /** Ends every cut. */
  heal(): Promise<void>
  /** One more broker, which follows the quorum without a vote. */
  add(): Promise<ClusterMember>
  /** What each broker that runs answers, by id; where none does, why. */
  askAll<A extends object, R>(verb: Verb<A, R>, asked: A): Promise<readonly BrokerAnswer<R>[]>
}

export interface BrokerAnswer<R> {
  readonly broker: number
  readonly answer: R
}
