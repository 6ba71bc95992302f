import type { VirtualClock } from '../base/virtual-clock.js'
import type { LogCleaner } from '../storage/log-cleaner.js'
import type { LogDirectory } from '../storage/log-directory.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { SnapshotOrigin, SnapshotStore } from '../storage/snapshot-store.js'

/** Where copies of a broker are kept, and what is to be known of it with each. */
export interface SnapshotSource {
  readonly store: SnapshotStore
  origin(): SnapshotOrigin
}

/** What of a running broker can be asked for beside Kafka's protocol. */
export interface Controlled {
  /** Null where the broker was not started with virtual time. */
  readonly time: VirtualClock | null
  readonly cleaner: LogCleaner
  /** All that it writes to; the metadata's last where it has its own. */
  readonly directories: readonly LogDirectory[]
  /** Null where the broker has no home. */
  readonly snapshots: SnapshotSource | null
  /** Every log that is open, the metadata's too. */
  logs(): Iterable<PartitionLog>
}
