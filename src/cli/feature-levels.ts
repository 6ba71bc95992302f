import {
  defaultLevel,
  FEATURES,
  LATEST_STABLE,
  METADATA_VERSION,
  RELEASES,
  type Release,
  releaseByName,
} from '../protocol/releases.js'
import { JavaError } from './java-error.js'
import type { ToolIo } from './tool.js'

/** @param known those that the message names. @throws JavaError with Kafka's text. */
export function parseRelease(name: string, known: readonly Release[] = RELEASES): Release {
  const release = releaseByName(name)
  if (release !== null) return release
  const names = known.map((candidate) => candidate.name).join(', ')
  throw terse(`Unknown metadata.version '${name}'. Supported metadata.version are: ${names}`)
}

/** The levels of all features that belong to a release; the latest stable one if none is named. @throws JavaError */
export function printVersionMapping(name: string | undefined, io: ToolIo): void {
  const release = parseRelease(name ?? LATEST_STABLE.name)
  io.stdout.line(`${METADATA_VERSION}=${release.level} (${name ?? release.name})`)
  for (const feature of FEATURES) io.stdout.line(`${feature.name}=${defaultLevel(feature, release)}`)
}

export interface NamedLevel {
  readonly feature: string
  readonly level: number
}

/** What each of these levels needs. @param unknownLevel how an unknown level is told of. @throws JavaError */
export function printDependencies(
  levels: readonly NamedLevel[],
  unknownLevel: (named: NamedLevel) => string,
  io: ToolIo,
): void {
  for (const named of levels) {
    if (named.feature === METADATA_VERSION) {
      const release = RELEASES.find(({ level }) => level === named.level)
      if (release === undefined) throw terse(`Unknown metadata.version ${named.level}`)
      io.stdout.line(`${METADATA_VERSION}=${release.level} (${release.name}) has no dependencies.`)
      continue
    }
    const feature = FEATURES.find(({ name }) => name === named.feature)
    if (feature === undefined) throw terse(`Unknown feature: ${named.feature}`)
    const found = feature.levels.find(({ level }) => level === named.level)
    if (found === undefined) throw terse(unknownLevel(named))
    const isFree = found.dependencies.length === 0
    io.stdout.line(`${feature.name}=${found.level} ${isFree ? 'has no dependencies.' : 'requires:'}`)
    for (const [name, level] of found.dependencies) io.stdout.line(`    ${name}=${levelText(name, level)}`)
  }
}

function levelText(feature: string, level: number): string {
  const release = feature === METADATA_VERSION ? RELEASES.find((candidate) => candidate.level === level) : undefined
  return release === undefined ? String(level) : `${level} (${release.name})`
}

function terse(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.TerseException', message)
}
