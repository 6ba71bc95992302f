import { ELR_FEATURE, KRAFT_VERSION_FEATURE, METADATA_VERSION_FEATURE } from './features.js'
import type { FeatureRange } from './image.js'
import type { MetadataRecord } from './records.js'
import { ALL_BROKERS, ResourceType } from './resource-type.js'

/** What a new cluster starts with: every feature at its highest level. Kafka keeps this in `bootstrap.checkpoint`. */
export function bootstrapRecords(features: ReadonlyMap<string, FeatureRange>): MetadataRecord[] {
  const names = [...features.keys()].filter(
    (name) => name !== KRAFT_VERSION_FEATURE && name !== METADATA_VERSION_FEATURE,
  )
  return [METADATA_VERSION_FEATURE, ...names.sort()].flatMap((name) => {
    const range = features.get(name)
    return range === undefined ? [] : [{ type: 'FeatureLevel', name, featureLevel: range.max } as const]
  })
}

/**
 * The first records of the log: the bootstrap records, and what follows from them, all or nothing.
 * @param minInsyncReplicas as the first controller's own settings have it
 */
export function activationRecords(bootstrap: readonly MetadataRecord[], minInsyncReplicas: number): MetadataRecord[] {
  const hasElr = bootstrap.some((record) => record.type === 'FeatureLevel' && record.name === ELR_FEATURE)
  return [
    { type: 'BeginTransaction', name: 'Bootstrap records' },
    ...bootstrap,
    // Who may lead depends on the minimum, so it has to be the same everywhere: it is written down (KIP-966).
    ...(hasElr ? [minIsrOfAllBrokers(String(minInsyncReplicas))] : []),
    { type: 'EndTransaction' },
  ]
}

function minIsrOfAllBrokers(value: string): MetadataRecord {
  return {
    type: 'Config',
    resourceType: ResourceType.BROKER,
    resourceName: ALL_BROKERS,
    name: 'min.insync.replicas',
    value,
  }
}
