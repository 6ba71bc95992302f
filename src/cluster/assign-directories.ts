import type { Uuid } from '../bytes/uuid.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord } from './records.js'

/** Where a replica of some broker lies. */
export interface Placement {
  readonly topicId: Uuid
  readonly partition: number
  readonly directoryId: Uuid
}

/** Writes down in which of its directories a broker has put replicas (KIP-858); what is known already is left out. */
export function assignDirectories(
  image: MetadataImage,
  brokerId: number,
  placements: readonly Placement[],
): MetadataRecord[] {
  const latest = new Map(placements.map((placement) => [`${placement.topicId}:${placement.partition}`, placement]))
  return [...latest.values()].flatMap(({ topicId, partition: partitionId, directoryId }): MetadataRecord[] => {
    const partition = image.topicById(topicId)?.partitions[partitionId]
    const at = partition?.replicas.indexOf(brokerId) ?? -1
    if (partition === undefined || at < 0 || partition.directories[at] === directoryId) return []
    const directories = partition.directories.with(at, directoryId)
    return [{ type: 'PartitionChange', topicId, partitionId, directories }]
  })
}
