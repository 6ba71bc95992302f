import { inHashOrder } from '../protocol/configs/hash-order.js'
import { ErrorCode } from '../protocol/errors.js'
import type { UpdateFeatures } from '../protocol/messages/update-features.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { type ControllerSettings, type Decision, type Refusal, refusal } from './decision.js'
import { isFeature, losesMetadata, unmetDependency, unsupportedLevel } from './feature-rules.js'
import { ELR_FEATURE, KRAFT_VERSION_FEATURE, METADATA_VERSION_FEATURE } from './features.js'
import type { FeatureRange } from './image.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord, RecordOf } from './records.js'
import { ALL_BROKERS, ResourceType } from './resource-type.js'

const MIN_ISR = 'min.insync.replicas'
const UPGRADE = 1
const SAFE_DOWNGRADE = 2
const UNSAFE_DOWNGRADE = 3

export type UpdateFeaturesRequest = Pick<ReadRequest<typeof UpdateFeatures>, 'featureUpdates' | 'validateOnly'>
export type UpdateFeaturesResponse = WriteResponse<typeof UpdateFeatures>

interface Update {
  readonly name: string
  readonly level: number
  readonly upgradeType: number
}

/** Who decides: this node, and what it can run at. */
export interface FeatureSupport {
  readonly nodeId: number
  readonly features: ReadonlyMap<string, FeatureRange>
  /** The level of `kraft.version`, which the quorum keeps, and what keeps it from another one. */
  readonly kraft: { readonly level: number; problemWith(level: number): string | null }
}

/** @param kraftVersion the level that the quorum is to take; null where it stays. */
type Decided = Decision<UpdateFeaturesResponse> & { readonly kraftVersion: number | null }

/** Moves features to other levels, all of them or none (KIP-584, KIP-778). */
export function updateFeatures(
  image: MetadataImage,
  { featureUpdates, validateOnly }: UpdateFeaturesRequest,
  support: FeatureSupport,
  settings: Pick<ControllerSettings, 'topicDefaults'>,
): Decided {
  // The old permission to downgrade, `allowDowngrade` of version 0, is not heard any more by Kafka either.
  const given = featureUpdates.map(({ feature, maxVersionLevel, upgradeType }) => ({
    name: feature,
    level: maxVersionLevel,
    upgradeType,
  }))
  const updates = inHashOrder([...new Map(given.map((update) => [update.name, update])).values()])
  const levels = new Map([...image.features, ...updates.map(({ name, level }) => [name, level] as const)])
  for (const update of updates) {
    const problem = problemOf(update, image, levels, support)
    if (problem !== null) return { records: [], response: { ...failed(problem), results: [] }, kraftVersion: null }
  }
  const kraft = updates.find(({ name }) => name === KRAFT_VERSION_FEATURE)
  const records = updates
    .filter((update) => update !== kraft)
    .map(({ name, level }): RecordOf<'FeatureLevel'> => ({ type: 'FeatureLevel', name, featureLevel: level }))
  // The quorum's records are its own: this one is what the answer waits for.
  const waitedFor = kraft?.upgradeType === UPGRADE ? [{ type: 'NoOp' } as const] : []
  const results = updates.map(({ name }) => ({ feature: name, errorCode: ErrorCode.NONE, errorMessage: 'NONE' }))
  return {
    records: validateOnly ? [] : [...records, ...waitedFor, ...elrRecords(image, records, settings)],
    response: { errorCode: ErrorCode.NONE, errorMessage: null, results },
    kraftVersion: validateOnly ? null : (kraft?.level ?? null),
  }
}

function failed(problem: string): Refusal {
  const reason = `The update failed for all features since the following feature had an error: ${problem}`
  return refusal(ErrorCode.INVALID_UPDATE_VERSION, reason)
}

function problemOf(
  { name, level, upgradeType }: Update,
  image: MetadataImage,
  levels: ReadonlyMap<string, number>,
  support: FeatureSupport,
): string | null {
  const isKraft = name === KRAFT_VERSION_FEATURE
  const current = isKraft ? support.kraft.level : (image.features.get(name) ?? 0)
  const invalid = (reason: string): string => `Invalid update version ${level} for feature ${name}. ${reason}`
  if (![UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE].includes(upgradeType))
    return invalid('The controller does not support the given upgrade type.')
  if (level < 0) return invalid('A feature version cannot be less than 0.')
  const unsupported = unsupportedAnywhere(name, level, image, support)
  if (unsupported !== null) return invalid(unsupported)
  if (level < current && upgradeType === UPGRADE)
    return invalid(
      "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
    )
  if (level > current && upgradeType !== UPGRADE) return invalid("Can't downgrade to a newer version.")
  if (isKraft && level < current) return invalid("Can't downgrade the version of this feature.")
  if (isKraft) return support.kraft.problemWith(level)
  if (name === METADATA_VERSION_FEATURE) return lostMetadata(current, level, upgradeType)
  if (!isFeature(name)) return invalid(`Feature ${name} not found.`)
  const unmet = unmetDependency(name, level, levels)
  return unmet === null ? null : invalid(unmet)
}

function unsupportedAnywhere(
  name: string,
  level: number,
  image: MetadataImage,
  { nodeId, features }: FeatureSupport,
): string | null {
  const local = unsupportedLevel(`Local controller ${nodeId}`, level, features.get(name))
  if (local !== null) return local
  for (const broker of image.brokers.values()) {
    const unsupported = unsupportedLevel(`Broker ${broker.id}`, level, broker.features.get(name))
    if (unsupported !== null) return unsupported
  }
  return null
}

function lostMetadata(current: number, level: number, upgradeType: number): string | null {
  if (level >= current || !losesMetadata(current, level)) return null
  const reason =
    upgradeType === UNSAFE_DOWNGRADE
      ? 'Unsafe metadata downgrade is not supported in this version.'
      : 'Refusing to perform the requested downgrade because it might delete metadata information.'
  return `Unsupported ${METADATA_VERSION_FEATURE} downgrade from ${current} to ${level}. ${reason}`
}

/** With ELR, the least number of in-sync replicas is the same on all brokers, and written down (KIP-966). */
function elrRecords(
  image: MetadataImage,
  updates: readonly RecordOf<'FeatureLevel'>[],
  { topicDefaults }: Pick<ControllerSettings, 'topicDefaults'>,
): MetadataRecord[] {
  if (image.features.has(ELR_FEATURE)) return []
  if (!updates.some(({ name, featureLevel }) => name === ELR_FEATURE && featureLevel > 0)) return []
  const minIsr = (resourceName: string, value: string | null): MetadataRecord => ({
    type: 'Config',
    resourceType: ResourceType.BROKER,
    resourceName,
    name: MIN_ISR,
    value,
  })
  const isSet = (name: string): boolean => image.configs(ResourceType.BROKER, name).has(MIN_ISR)
  const own = image.configuredNames(ResourceType.BROKER).filter((name) => name !== ALL_BROKERS && isSet(name))
  return [
    ...(isSet(ALL_BROKERS) ? [] : [minIsr(ALL_BROKERS, topicDefaults.get(MIN_ISR) ?? '1')]),
    ...own.map((name) => minIsr(name, null)),
  ]
}
