import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultLevel, FEATURES, LATEST_STABLE, RELEASES, releaseByName } from '../../src/protocol/releases.js'

interface Recorded {
  readonly latestProduction: number
  readonly 'metadata.version': readonly { readonly level: number; readonly version: string }[]
  readonly features: readonly {
    readonly name: string
    readonly levels: readonly {
      readonly level: number
      readonly bootstrapMetadataVersion: string
      readonly dependencies: Readonly<Record<string, number>>
    }[]
  }[]
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/protocol/features.json'), 'utf8'),
) as Recorded

test('releases and features are those of Kafka', () => {
  expect(RELEASES).toEqual(recorded['metadata.version'].map(({ level, version }) => ({ level, name: version })))
  expect(LATEST_STABLE.level).toBe(recorded.latestProduction)
  const known = recorded.features.filter(({ name }) => !name.includes('test.'))
  expect(FEATURES.map(({ name }) => name)).toEqual(known.map(({ name }) => name))
  for (const [i, { levels }] of known.entries()) {
    expect(FEATURES[i]!.levels).toEqual(
      levels.map(({ level, bootstrapMetadataVersion, dependencies }) => ({
        level,
        since: releaseByName(bootstrapMetadataVersion)!.level,
        dependencies: Object.entries(dependencies),
      })),
    )
  }
})

test.each([
  ['4.0', '4.0-IV3'],
  ['4.0.1', '4.0-IV3'],
  ['3.3', '3.3-IV3'],
  ['4.4-IV0', '4.4-IV0'],
  ['4.4', undefined],
  ['4', undefined],
  ['latest', undefined],
])('%s names the release %s', (name, expected) => {
  expect(releaseByName(name)?.name).toBe(expected)
})

test('a new cluster of an older release has older levels', () => {
  const levels = FEATURES.map((feature) => defaultLevel(feature, releaseByName('3.9')!))
  expect(levels).toEqual([1, 0, 0, 0, 0, 0])
})
