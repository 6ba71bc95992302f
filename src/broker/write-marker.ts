import { ErrorCode } from '../protocol/errors.js'
import { buildEndTransactionMarker } from '../records/control.js'
import type { Broker } from './broker.js'
import { OFFSETS_TOPIC } from './group-coordinators.js'
import { ACKS_ALL, type Partition } from './partition.js'
import type { TransactionMarker } from './transaction-marker.js'
import { waitUntil } from './waiting.js'

/** Of a broker: what it takes to write markers into the partitions that it leads. */
export type MarkerPlace = Pick<Broker, 'clock' | 'config' | 'partitions' | 'groups'>

/** Ends a producer's transaction in a partition that is led here; resolves once the marker is committed. */
export async function writeMarker(
  place: MarkerPlace,
  topic: string,
  index: number,
  marker: TransactionMarker,
): Promise<ErrorCode> {
  const partition = place.partitions.find(topic, index)
  if (partition === null) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  return topic === OFFSETS_TOPIC ? endInGroups(place, index, marker) : append(place, partition, marker)
}

/** Their coordinator writes it, so that it knows the offsets that count from then on. */
async function endInGroups({ groups }: MarkerPlace, index: number, marker: TransactionMarker): Promise<ErrorCode> {
  const coordinator = groups.at(index)
  // A transaction coordinator comes again for this one, not for those that group coordinators refuse with.
  return typeof coordinator === 'number' ? ErrorCode.NOT_LEADER_OR_FOLLOWER : coordinator.endTransaction(marker)
}

async function append(place: MarkerPlace, partition: Partition, marker: TransactionMarker): Promise<ErrorCode> {
  const { clock, config } = place
  const { isCommit, isVersion2 } = marker
  const batch = buildEndTransactionMarker({ ...marker, type: isCommit ? 'COMMIT' : 'ABORT', timestamp: clock.now() })
  const appended = partition.append(batch, { origin: 'coordinator', acks: ACKS_ALL, markerRaisesEpoch: isVersion2 })
  if (appended.error !== undefined) return appended.error
  const endOffset = appended.lastOffset + 1
  const isDone = (): boolean => partition.commitOutcome(endOffset) !== null
  if (!isDone())
    await waitUntil({ clock, waitMs: config.int('request.timeout.ms'), signals: [partition.changes], isDone })
  return partition.commitOutcome(endOffset) ?? ErrorCode.REQUEST_TIMED_OUT
}
