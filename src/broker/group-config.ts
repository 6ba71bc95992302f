import type { GroupConfig } from '../group/groups.js'
import type { BrokerConfig } from './broker-config.js'

const MINUTE_MS = 60_000

/** The broker's settings about groups, as they are whenever they are read. */
export function groupConfig(config: BrokerConfig): GroupConfig {
  return {
    get sessionTimeoutMsMin() {
      return config.int('group.min.session.timeout.ms')
    },
    get sessionTimeoutMsMax() {
      return config.int('group.max.session.timeout.ms')
    },
    get membersMax() {
      return config.int('group.max.size')
    },
    get initialRebalanceDelayMs() {
      return config.int('group.initial.rebalance.delay.ms')
    },
    get offsetMetadataMax() {
      return config.int('offset.metadata.max.bytes')
    },
    get offsetsRetentionMs() {
      return config.int('offsets.retention.minutes') * MINUTE_MS
    },
  }
}
