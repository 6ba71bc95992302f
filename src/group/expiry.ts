import type { CommittedOffset, PartitionKey } from './committed-offsets.js'
import { bury, writeTombstones } from './deletion.js'
import type { Group } from './group.js'
import type { Groups, Turn } from './groups.js'

/** Deletes offsets that have lain unused for their time, and empty groups that hold none any more. */
export function expire(turn: Turn): void {
  for (const group of [...turn.groups]) {
    const { expired, isAll } = expiredOffsets(turn.groups, group, turn.now)
    if (isAll && group.state === 'Empty') bury(turn, group, expired)
    else writeTombstones(turn, group.id, expired)
  }
}

function expiredOffsets(groups: Groups, group: Group, now: number): { expired: PartitionKey[]; isAll: boolean } {
  const unusedSince = clockOf(group)
  const { offsets, config } = groups
  let isAll = unusedSince !== null && !offsets.hasOpenTransaction(group.id) && !offsets.isUnderWay(group.id)
  const expired: PartitionKey[] = []
  for (const [topic, partitions] of offsets.ofGroup(group.id)) {
    for (const [partition, offset] of partitions) {
      const isOld =
        unusedSince !== null &&
        !group.isSubscribedTo(topic) &&
        !offsets.isPending(group.id, topic, partition) &&
        (offset.expireTimestampMs !== null
          ? now >= offset.expireTimestampMs
          : now - unusedSince(offset) >= config.offsetsRetentionMs)
      if (isOld) expired.push({ topic, partition })
      else isAll = false
    }
  }
  return { expired, isAll }
}

/** From when on the time of an offset runs; null where none expires. */
function clockOf(group: Group): ((offset: CommittedOffset) => number) | null {
  if (group.protocolType === null) return (offset) => offset.commitTimestampMs
  if (group.state === 'Empty') return () => group.stateSinceMs
  const isReadable = group.state === 'Stable' && group.usesConsumerProtocol && group.knowsSubscriptions
  return isReadable ? (offset) => offset.commitTimestampMs : null
}
