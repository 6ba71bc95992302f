import type { Uuid } from '../bytes/uuid.js'

/** A broker as the controller knows it. `fenced` brokers hold replicas but serve no one. */
export interface BrokerImage {
  readonly id: number
  readonly epoch: number
  readonly incarnationId: Uuid
  readonly endpoints: readonly EndpointImage[]
  readonly rack: string | null
  readonly fenced: boolean
  readonly inControlledShutdown: boolean
  /** Feature name to the levels that the broker can run at. */
  readonly features: ReadonlyMap<string, FeatureRange>
  readonly logDirs: readonly Uuid[]
  /** Directories that take no new replicas. */
  readonly cordonedLogDirs: readonly Uuid[]
}

export interface FeatureRange {
  readonly min: number
  readonly max: number
}

/** A member of the metadata quorum as it registered itself. */
export interface ControllerImage {
  readonly id: number
  readonly incarnationId: Uuid
  readonly endpoints: readonly EndpointImage[]
  readonly features: ReadonlyMap<string, FeatureRange>
}

export interface EndpointImage {
  readonly name: string
  readonly host: string
  readonly port: number
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
}

export interface TopicImage {
  readonly name: string
  readonly id: Uuid
  /** Its partitions; the place in the array is the partition's number. */
  readonly partitions: readonly PartitionImage[]
}

/** One partition as the controller decided it; `leader` is -1 where no one leads. */
export interface PartitionImage {
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly leader: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  /** 0 RECOVERED, 1 RECOVERING (after an unclean election). */
  readonly leaderRecoveryState: number
  readonly directories: readonly Uuid[]
  readonly elr: readonly number[]
  readonly lastKnownElr: readonly number[]
}
