import {
  defaultLevel,
  FEATURES,
  LATEST_STABLE,
  METADATA_VERSION,
  RELEASES,
  type Release,
  releaseByName,
} from '../protocol/releases.js'
import type { DataFormat } from './data/output-option.js'
import { printData } from './data/print-data.js'
import { DEPENDENCIES, RELEASE_LEVELS } from './feature-data.js'
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
export async function printVersionMapping(
  name: string | undefined,
  format: DataFormat | null,
  io: ToolIo,
): Promise<void> {
  const release = parseRelease(name ?? LATEST_STABLE.name)
  const rows = [
    { feature: METADATA_VERSION, level: release.level, release: release.name },
    ...FEATURES.map((feature) => ({
      feature: feature.name,
      level: defaultLevel(feature, release),
      release: null,
    })),
  ]
  if (format !== null) return await printData(io, format, RELEASE_LEVELS, rows)
  for (const { feature, level } of rows) {
    io.stdout.line(`${feature}=${level}${feature === METADATA_VERSION ? ` (${name ?? release.name})` : ''}`)
  }
}

export interface NamedLevel {
  readonly feature: string
  readonly level: number
}

/** What each of these levels needs. @param unknownLevel how an unknown level is told of. @throws JavaError */
export async function printDependencies(
  levels: readonly NamedLevel[],
  unknownLevel: (named: NamedLevel) => string,
  format: DataFormat | null,
  io: ToolIo,
): Promise<void> {
  if (format !== null) {
    const rows = levels.map((named) => ({ ...named, requires: needsOf(named, unknownLevel) }))
    return await printData(io, format, DEPENDENCIES, rows)
  }
  for (const named of levels) {
    const needs = needsOf(named, unknownLevel)
    const what = `${named.feature}=${levelText(named.feature, named.level)}`
    io.stdout.line(`${what} ${needs.length === 0 ? 'has no dependencies.' : 'requires:'}`)
    for (const { feature, level } of needs) io.stdout.line(`    ${feature}=${levelText(feature, level)}`)
  }
}

function needsOf(named: NamedLevel, unknownLevel: (named: NamedLevel) => string): NamedLevel[] {
  if (named.feature === METADATA_VERSION) {
    if (RELEASES.some(({ level }) => level === named.level)) return []
    throw terse(`Unknown metadata.version ${named.level}`)
  }
  const feature = FEATURES.find(({ name }) => name === named.feature)
  if (feature === undefined) throw terse(`Unknown feature: ${named.feature}`)
  const found = feature.levels.find(({ level }) => level === named.level)
  if (found === undefined) throw terse(unknownLevel(named))
  return found.dependencies.map(([name, level]) => ({ feature: name, level }))
}

function levelText(feature: string, level: number): string {
  const release = feature === METADATA_VERSION ? RELEASES.find((candidate) => candidate.level === level) : undefined
  return release === undefined ? String(level) : `${level} (${release.name})`
}

function terse(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.TerseException', message)
}
