import type { VirtualClock } from '../base/virtual-clock.js'
import type { LogCleaner } from '../storage/log-cleaner.js'
import type { PartitionLog } from '../storage/partition-log.js'

/** What of a running broker can be asked for beside Kafka's protocol. */
export interface Controlled {
  /** Null where the broker was not started with virtual time. */
  readonly time: VirtualClock | null
  readonly cleaner: LogCleaner
  /** Every log that is open, the metadata's too. */
  logs(): Iterable<PartitionLog>
}
