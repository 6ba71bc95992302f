import {
  defaultLevel,
  FEATURES,
  LATEST_STABLE,
  METADATA_VERSION,
  RELEASES,
  type Release,
} from '../../protocol/releases.js'
import { parseRelease } from '../feature-levels.js'
import { JavaError } from '../java-error.js'
import { FormatFailure } from './failure.js'

const KRAFT_VERSION = 'kraft.version'
const STABLE = RELEASES.filter(({ level }) => level <= LATEST_STABLE.level)
const DYNAMIC = 'one of the flags --standalone, --initial-controllers, or --no-initial-controllers is used.'

export interface LevelsWanted {
  readonly release: string | undefined
  /** By feature, as given. */
  readonly features: ReadonlyMap<string, number>
  /** Whether the members of the quorum are kept in the metadata log. */
  readonly isDynamic: boolean
}

export interface Levels {
  readonly release: Release
  /** `metadata.version` and `kraft.version` are among them. */
  readonly levels: ReadonlyMap<string, number>
}

/** The release as named on the command line, if it is. @throws JavaError for one that is not stable. */
export function namedRelease(name: string): Release {
  const release = parseRelease(name, STABLE)
  if (STABLE.includes(release)) return release
  throw new FormatFailure(
    `Unknown metadata.version '${name}'. Supported metadata.version are: ${STABLE.map((stable) => stable.name).join(', ')}`,
  )
}

/** @throws FormatFailure or JavaError with Kafka's text. */
export function chooseLevels(wanted: LevelsWanted): Levels {
  const release = chooseRelease(wanted)
  const known = FEATURES.map(({ name }) => name).sort()
  for (const name of wanted.features.keys()) {
    if (name !== METADATA_VERSION && !known.includes(name)) {
      throw new FormatFailure(`Unsupported feature: ${name}. Supported features are: ${known.join(', ')}`)
    }
  }
  const levels = new Map([[METADATA_VERSION, release.level]])
  for (const feature of [...FEATURES].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const given = wanted.features.get(feature.name)
    const level = feature.name === KRAFT_VERSION ? kraftLevel(given, wanted) : (given ?? defaultLevel(feature, release))
    levels.set(feature.name, level)
  }
  checkLevels(levels)
  return { release, levels }
}

function chooseRelease({ release, features }: LevelsWanted): Release {
  const given = features.get(METADATA_VERSION)
  if (given === undefined) return release === undefined ? LATEST_STABLE : namedRelease(release)
  if (release !== undefined) {
    throw new FormatFailure('Use --release-version instead of --feature metadata.version=X to avoid ambiguity.')
  }
  const found = RELEASES.find(({ level }) => level === given)
  if (found === undefined) {
    const range = `from ${RELEASES[0]!.level} to ${RELEASES.at(-1)!.level}`
    throw illegal(`No MetadataVersion with feature level ${given}. Valid feature levels are ${range}.`)
  }
  if (!STABLE.includes(found)) throw new FormatFailure(`metadata.version ${found.name} is not yet stable.`)
  return found
}

function kraftLevel(given: number | undefined, { isDynamic }: LevelsWanted): number {
  const level = given ?? (isDynamic ? 1 : 0)
  if (level === 0 && isDynamic) {
    throw new FormatFailure(
      `Cannot set kraft.version to 0 if controller.quorum.voters is empty and ${DYNAMIC} For dynamic controllers support, try removing the --feature flag for kraft.version.`,
    )
  }
  if (level > 0 && !isDynamic) {
    throw new FormatFailure(
      `Cannot set kraft.version to ${level} unless controller.quorum.voters is empty and ${DYNAMIC} For dynamic controllers support, try using one of --standalone, --initial-controllers, or --no-initial-controllers and removing controller.quorum.voters.`,
    )
  }
  return level
}

function checkLevels(levels: ReadonlyMap<string, number>): void {
  for (const feature of FEATURES) {
    const level = levels.get(feature.name)!
    const found = feature.levels.find((candidate) => candidate.level === level)
    if (found === undefined) throw illegal(`No feature:${feature.name} with feature level ${level}`)
    for (const [needed, least] of found.dependencies) {
      if ((levels.get(needed) ?? 0) >= least) continue
      throw illegal(`${feature.name} could not be set to ${level} because it depends on ${needed} level ${least}`)
    }
  }
}

function illegal(message: string): JavaError {
  return new JavaError('java.lang.IllegalArgumentException', message)
}
