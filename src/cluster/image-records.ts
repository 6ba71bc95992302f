import type { PartitionImage } from './image.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord } from './records.js'

/** The records that an empty image becomes this one with, in the order of Kafka's snapshots. */
export function* recordsOf(image: MetadataImage): Generator<MetadataRecord, void, undefined> {
  for (const [name, featureLevel] of image.features) yield { type: 'FeatureLevel', name, featureLevel }
  for (const { id, incarnationId, endpoints, features } of image.controllers.values())
    yield {
      type: 'RegisterController',
      controllerId: id,
      incarnationId,
      zkMigrationReady: false,
      endPoints: endpoints,
      features: featureRanges(features),
    }
  for (const broker of image.brokers.values())
    yield {
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
    }
  for (const { name, id, partitions } of image.topics()) {
    yield { type: 'Topic', name, topicId: id }
    for (const [partitionId, partition] of partitions.entries()) yield partitionRecord(id, partitionId, partition)
  }
  yield* configRecords(image)
  yield* image.parts.others.values()
  yield* producerIdRecords(image)
}

function featureRanges(features: ReadonlyMap<string, { readonly min: number; readonly max: number }>) {
  return [...features].map(([name, { min, max }]) => ({
    name,
    minSupportedVersion: min,
    maxSupportedVersion: max,
  }))
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

function* configRecords(image: MetadataImage): Iterable<MetadataRecord> {
  for (const [key, configs] of image.parts.configs) {
    const resourceType = Number(key.slice(0, key.indexOf(':')))
    const resourceName = key.slice(key.indexOf(':') + 1)
    for (const [name, value] of configs) yield { type: 'Config', resourceType, resourceName, name, value }
  }
}

function producerIdRecords({ nextProducerId }: MetadataImage): MetadataRecord[] {
  // Kafka's snapshots do not say which broker had the last block.
  return nextProducerId === 0n ? [] : [{ type: 'ProducerIds', brokerId: -1, brokerEpoch: -1, nextProducerId }]
}
