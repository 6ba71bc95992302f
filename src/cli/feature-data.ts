import type { Features } from '../client/features.js'
import { METADATA_VERSION, RELEASES } from '../protocol/releases.js'
import { number, orNull, type RowIn, rows, shape, text } from './data/shape.js'

const RELEASE = orNull(text('to which the level belongs; for metadata.version only'))

export const FEATURES_DATA = shape(
  'describe',
  {
    feature: text('its name'),
    minLevel: number('lowest level that the broker can'),
    maxLevel: number('highest level that the broker can'),
    level: number('what the cluster has agreed on; 0 for nothing'),
    release: RELEASE,
    epoch: orNull(number('grows with every change; null where the broker does not say')),
  },
  { columns: ['feature', 'minLevel', 'maxLevel', 'level', 'release', 'epoch'] },
)

export const RELEASE_LEVELS = shape('version-mapping', {
  feature: text('its name'),
  level: number('that belongs to the release'),
  release: RELEASE,
})

export const DEPENDENCIES = shape('feature-dependencies', {
  feature: text('its name'),
  level: number('of it'),
  requires: rows('what the level needs', { feature: text('its name'), level: number('of it') }),
})

export function featureRows({ features, epoch }: Features): RowIn<typeof FEATURES_DATA>[] {
  return features.map(({ name, min, max, finalized }) => ({
    feature: name,
    minLevel: min,
    maxLevel: max,
    level: finalized,
    release: releaseOf(name, finalized),
    epoch,
  }))
}

export function releaseOf(feature: string, level: number): string | null {
  if (feature !== METADATA_VERSION) return null
  return RELEASES.find((release) => release.level === level)?.name ?? null
}
