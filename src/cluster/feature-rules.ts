import { ELR_FEATURE, KRAFT_VERSION_FEATURE, METADATA_VERSION_FEATURE } from './features.js'
import type { FeatureRange } from './image.js'

/** Features that Kafka 4.3 knows of, whether this broker serves them or not. */
const NAMES: ReadonlySet<string> = new Set([
  METADATA_VERSION_FEATURE,
  KRAFT_VERSION_FEATURE,
  ELR_FEATURE,
  'group.version',
  'share.version',
  'streams.version',
  'transaction.version',
])

/** From these levels on, `metadata.version` has records or fields that a lower level cannot read. */
const METADATA_CHANGES: readonly number[] = [7, 8, 11, 13, 14, 15, 17, 23, 30]

/** Level 0, which stands for off: the range of a feature that somebody does not know. */
const DISABLED: FeatureRange = { min: 0, max: 0 }

export function isFeature(name: string): boolean {
  return NAMES.has(name)
}

/** Whether going back from one level of `metadata.version` to a lower one could lose something. */
export function losesMetadata(from: number, to: number): boolean {
  return METADATA_CHANGES.some((level) => level > to && level <= from)
}

/** What keeps a feature from that level, given the levels that all features would have; null where nothing does. */
export function unmetDependency(name: string, level: number, levels: ReadonlyMap<string, number>): string | null {
  const needed = name === ELR_FEATURE && level >= 1 ? 23 : 0
  if ((levels.get(METADATA_VERSION_FEATURE) ?? 0) >= needed) return null
  return `${name} could not be set to ${level} because it depends on ${METADATA_VERSION_FEATURE} level ${needed}`
}

/** Why `who` cannot run at that level; null where it can. */
export function unsupportedLevel(who: string, level: number, range: FeatureRange = DISABLED): string | null {
  const { min, max } = range
  if (level >= min && level <= max) return null
  if (max === 0) return `${who} does not support this feature.`
  return `${who} only supports versions ${min === max ? min : `${min}-${max}`}`
}
