import type { MetadataImage } from '../cluster/metadata-image.js'
import type { BrokerConfig } from './broker-config.js'
import type { Partition } from './partition.js'

const RACK_AWARE = 'org.apache.kafka.common.replica.RackAwareReplicaSelector'

/** Whether consumers are sent to followers at all: of Kafka's classes that choose one there is one that does. */
export function hasReplicaSelector(config: BrokerConfig): boolean {
  return config.stringOrNull('replica.selector.class') === RACK_AWARE
}

/**
 * The follower that a consumer in `rack` should rather read from (KIP-392): one of its rack that is in sync and has what is asked
 * for, and of those the one that has come furthest. Null where the leader is as good.
 */
export function closestReplica(
  partition: Partition,
  image: MetadataImage,
  rack: string,
  fetchOffset: number,
  nodeId: number,
): number | null {
  const isThere = (id: number): boolean => {
    const broker = image.brokers.get(id)
    return broker !== undefined && !broker.fenced && broker.rack === rack
  }
  if (rack === '' || !partition.isLeader || isThere(nodeId)) return null
  let best: { id: number; logEndOffset: number; lastCaughtUpMs: number } | null = null
  for (const follower of partition.followersWith(fetchOffset)) {
    if (isThere(follower.id) && (best === null || isAhead(follower, best))) best = follower
  }
  return best?.id ?? null
}

interface Come {
  readonly id: number
  readonly logEndOffset: number
  readonly lastCaughtUpMs: number
}

function isAhead(one: Come, other: Come): boolean {
  if (one.logEndOffset !== other.logEndOffset) return one.logEndOffset > other.logEndOffset
  if (one.lastCaughtUpMs !== other.lastCaughtUpMs) return one.lastCaughtUpMs > other.lastCaughtUpMs
  return one.id > other.id
}
