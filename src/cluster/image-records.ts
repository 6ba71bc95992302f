import type { PartitionImage } from './image.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord } from './records.js'

/** The records that an empty image becomes this one with, in the order of Kafka's snapshots. */
export function recordsOf(image: MetadataImage): MetadataRecord[] {
  return [
    ...[...image.features].map(([name, featureLevel]) => ({ type: 'FeatureLevel', name, featureLevel }) as const),
    ...[...image.controllers.values()].map(
      ({ id, incarnationId, endpoints, features }): MetadataRecord => ({
        type: 'RegisterController',
        controllerId: id,
        incarnationId,
        zkMigrationReady: false,
        endPoints: endpoints,
        features: featureRanges(features),
      }),
    ),
    ...[...image.brokers.values()].map(
      (broker): MetadataRecord => ({
        type: 'RegisterBroker',
        brokerId: broker.id,
        incarnationId: broker.incarnationId,
        brokerEpoch: broker.epoch,
        endPoints: broker.endpoints,
        features: featureRanges(broker.features),
        rack: broker.rack,
        fenced: broker.fenced,
        inControlledShutdown: broker.inControlledShutdown,
        logDirs: broker.logDirs,
        cordonedLogDirs: broker.cordonedLogDirs.length === 0 ? null : broker.cordonedLogDirs,
      }),
    ),
    ...topicRecords(image),
    ...configRecords(image),
    ...image.parts.others.values(),
    ...producerIdRecords(image),
  ]
}

function featureRanges(features: ReadonlyMap<string, { readonly min: number; readonly max: number }>) {
  return [...features].map(([name, { min, max }]) => ({
    name,
    minSupportedVersion: min,
    maxSupportedVersion: max,
  }))
}

function topicRecords(image: MetadataImage): MetadataRecord[] {
  return [...image.topics()].flatMap(({ name, id, partitions }) => [
    { type: 'Topic', name, topicId: id } as const,
    ...partitions.map((partition, partitionId) => partitionRecord(id, partitionId, partition)),
  ])
}

function partitionRecord(topicId: string, partitionId: number, partition: PartitionImage): MetadataRecord {
  return {
    type: 'Partition',
    partitionId,
    topicId,
    replicas: partition.replicas,
    isr: partition.isr,
    removingReplicas: partition.removingReplicas,
    addingReplicas: partition.addingReplicas,
    leader: partition.leader,
    leaderRecoveryState: partition.leaderRecoveryState,
    leaderEpoch: partition.leaderEpoch,
    partitionEpoch: partition.partitionEpoch,
    directories: partition.directories,
    eligibleLeaderReplicas: partition.elr.length === 0 ? null : partition.elr,
    lastKnownElr: partition.lastKnownElr.length === 0 ? null : partition.lastKnownElr,
  }
}

function configRecords(image: MetadataImage): MetadataRecord[] {
  return [...image.parts.configs].flatMap(([key, configs]) => {
    const resourceType = Number(key.slice(0, key.indexOf(':')))
    const resourceName = key.slice(key.indexOf(':') + 1)
    return [...configs].map(
      ([name, value]): MetadataRecord => ({ type: 'Config', resourceType, resourceName, name, value }),
    )
  })
}

function producerIdRecords({ nextProducerId }: MetadataImage): MetadataRecord[] {
  // Kafka's snapshots do not say which broker had the last block.
  return nextProducerId === 0n ? [] : [{ type: 'ProducerIds', brokerId: -1, brokerEpoch: -1, nextProducerId }]
}
