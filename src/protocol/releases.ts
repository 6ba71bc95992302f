/** A level of `metadata.version`, which Kafka shows by name. */
export interface Release {
  readonly level: number
  readonly name: string
}

/** A level of another feature. */
export interface FeatureLevel {
  readonly level: number
  /** A new cluster has it from this level of `metadata.version` on. */
  readonly since: number
  /** What it needs: feature and level. */
  readonly dependencies: readonly (readonly [feature: string, level: number])[]
}

export interface Feature {
  readonly name: string
  readonly levels: readonly FeatureLevel[]
}

export const METADATA_VERSION = 'metadata.version'

const FIRST_LEVEL = 7
const NAMES =
  '3.3-IV3 3.4-IV0 3.5-IV0 3.5-IV1 3.5-IV2 3.6-IV0 3.6-IV1 3.6-IV2 3.7-IV0 3.7-IV1 3.7-IV2 3.7-IV3 3.7-IV4 3.8-IV0 3.9-IV0 4.0-IV0 4.0-IV1 4.0-IV2 4.0-IV3 4.1-IV0 4.1-IV1 4.2-IV0 4.2-IV1 4.3-IV0 4.4-IV0'

/** All that Kafka 4.3.1 knows, the last of which is not yet stable. */
export const RELEASES: readonly Release[] = NAMES.split(' ').map((name, i) => ({ level: FIRST_LEVEL + i, name }))

export const LATEST_STABLE: Release = RELEASES.find(({ name }) => name === '4.3-IV0')!

/** Beside `metadata.version`, in Kafka's order. */
export const FEATURES: readonly Feature[] = [
  feature('kraft.version', at(1, '3.9-IV0')),
  feature('transaction.version', at(1, '4.0-IV2'), at(2, '4.0-IV2')),
  feature('group.version', at(1, '4.0-IV0')),
  feature('eligible.leader.replicas.version', at(1, '4.1-IV0', [METADATA_VERSION, 23])),
  feature('share.version', at(1, '4.2-IV0')),
  feature('streams.version', at(1, '4.2-IV1')),
]

/** A level by the name that people give it: `4.0-IV3`, or `4.0` and `4.0.1` for the last one of a release; null if there is none. */
export function releaseByName(name: string): Release | null {
  const short = name.split('.').slice(0, 2).join('.')
  const stable = RELEASES.filter(({ level }) => level <= LATEST_STABLE.level)
  return (
    RELEASES.find((release) => release.name === short) ??
    stable.findLast((release) => release.name.startsWith(`${short}-`)) ??
    null
  )
}

/** The level of `feature` that a new cluster of this release has. */
export function defaultLevel({ levels }: Feature, { level }: Release): number {
  return levels.findLast(({ since }) => since <= level)!.level
}

function feature(name: string, ...levels: FeatureLevel[]): Feature {
  return { name, levels: [at(0, '3.3-IV3'), ...levels] }
}

function at(level: number, since: string, ...dependencies: FeatureLevel['dependencies'][number][]): FeatureLevel {
  return { level, since: RELEASES.find(({ name }) => name === since)!.level, dependencies }
}
