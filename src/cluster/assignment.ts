import type { Uuid } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import { type Refusal, refusal } from './decision.js'
import { defaultDirectory } from './directories.js'
import type { BrokerImage } from './image.js'
import type { MetadataImage } from './metadata-image.js'
import type { RecordOf } from './records.js'

/** Checks replicas that somebody chose by hand; `replicationFactor` is that of the topic's other partitions. */
export function assignmentProblem(
  image: MetadataImage,
  replicas: readonly number[],
  replicationFactor: number | null,
): Refusal | null {
  const refused = (rest: string): Refusal =>
    refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, `The manual partition assignment includes ${rest}`)
  if (replicas.length === 0) return refused('an empty replica list.')
  const sorted = [...replicas].sort((a, b) => a - b)
  for (const [index, broker] of sorted.entries()) {
    if (!image.brokers.has(broker)) return refused(`broker ${broker}, but no such broker is registered.`)
    if (sorted[index - 1] === broker) return refused(`the broker ${broker} more than once.`)
  }
  if (replicationFactor === null || replicas.length === replicationFactor) return null
  return refused(
    `a partition with ${replicas.length} replica(s), but this is not consistent with previous partitions, which have ` +
      `${replicationFactor} replica(s).`,
  )
}

/** Whether a broker can lead and be in sync: it is there, and not about to go. */
export function isActive(image: MetadataImage, broker: number): boolean {
  const found = image.brokers.get(broker)
  return found !== undefined && !found.fenced && !found.inControlledShutdown
}

/** Brokers on which new replicas may be placed without being asked for. */
export function placeable(image: MetadataImage): BrokerImage[] {
  return [...image.brokers.values()].filter(
    ({ logDirs, cordonedLogDirs }) => logDirs.length === 0 || logDirs.some((dir) => !cordonedLogDirs.includes(dir)),
  )
}

/** The first state of a partition; whoever of its replicas is active is in sync. Null where nobody is. */
export function newPartition(
  image: MetadataImage,
  place: { readonly topicId: Uuid; readonly partitionId: number },
  replicas: readonly number[],
): RecordOf<'Partition'> | null {
  const isr = replicas.filter((broker) => isActive(image, broker))
  if (isr.length === 0) return null
  return {
    type: 'Partition',
    ...place,
    replicas,
    isr,
    removingReplicas: [],
    addingReplicas: [],
    leader: isr[0]!,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: replicas.map((broker) => defaultDirectory(image, broker)),
  }
}
