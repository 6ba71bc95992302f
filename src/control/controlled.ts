import type { VirtualClock } from '../base/virtual-clock.js'
import type { SnapshotPart } from '../storage/directory-snapshot.js'
import type { Housekeeping } from '../storage/housekeeping.js'
import type { LogDirectory } from '../storage/log-directory.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { SnapshotOrigin, SnapshotStore } from '../storage/snapshot-store.js'
import type { ControlledCluster } from './controlled-cluster.js'

/** Where copies of a broker are kept, and what is to be known of it with each. */
export interface SnapshotSource {
  readonly store: SnapshotStore
  /** @throws UserError where there can be no copy at the moment */
  origin(): SnapshotOrigin
  /** What is copied, as `origin` has its directories. */
  parts(): readonly SnapshotPart[]
}

/** What of a running broker can be asked for beside Kafka's protocol. */
export interface Controlled {
  /** Null where the broker was not started with virtual time. */
  readonly time: VirtualClock | null
  /** Null where it is several brokers. */
  readonly housekeeping: Pick<Housekeeping, 'cleaner' | 'retention'> | null
  /** All that it writes to; the metadata's last where it has its own. */
  readonly directories: readonly LogDirectory[]
  /** Null where the broker has no home. */
  readonly snapshots: SnapshotSource | null
  /** Null where it is several brokers. */
  readonly node: ControlledNode | null
  /** Null where it is a single broker. */
  readonly cluster: ControlledCluster | null
  /** Every log that is open, the metadata's too. */
  logs(): Iterable<PartitionLog>
}

/** One broker as a member of its cluster. */
export interface ControlledNode {
  readonly nodeId: number
  /** As far as this node knows; null where it knows of none. */
  quorum(): QuorumView
  setFaults(faults: NodeFaultSettings): void
  /** The others go too: when it stops nobody is to lead what it led. */
  goWithAll(): void
}

export interface QuorumView {
  readonly leaderId: number | null
  readonly epoch: number
}

/** What is wrong with a node on purpose. */
export interface NodeFaultSettings {
  readonly isPaused: boolean
  /** Milliseconds by which its fetches as a replica are late. */
  readonly lagMs: number
  /** Ids of the brokers that it does not reach, and that do not reach it. */
  readonly cutFrom: readonly number[]
}
