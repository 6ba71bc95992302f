import type { FeatureUpdate } from '../../client/features.js'
import { defaultLevel, FEATURES, METADATA_VERSION } from '../../protocol/releases.js'
import { type NamedLevel, parseRelease } from '../feature-levels.js'
import { JavaError } from '../java-error.js'
import { parseJavaInt } from '../java-number.js'
import type { ToolIo } from '../tool.js'
import type { FeatureArgs } from './grammar.js'

type Operation = 'upgrade' | 'downgrade' | 'disable'

const SHORT_MAX = 32_767

/** What the command line asks for, in the order of names. @throws JavaError with Kafka's text. */
export function readUpdates(operation: Operation, args: FeatureArgs, io: ToolIo): FeatureUpdate[] {
  const downgrade = args.has('unsafe') ? 'unsafe downgrade' : 'safe downgrade'
  const type = operation === 'upgrade' ? 'upgrade' : downgrade
  const levels = operation === 'disable' ? disabled(args) : chosenLevels(operation, args, io)
  if (levels.size === 0) throw terse(`You must specify at least one feature to ${operation}`)
  if ([...levels.keys()].some((feature) => feature.trim() === '')) {
    throw new JavaError('java.lang.IllegalArgumentException', 'Provided feature can not be empty.')
  }
  return [...levels]
    .map(([feature, level]) => ({ feature, level: checkedLevel(level, operation), type }) as const)
    .sort((a, b) => (a.feature < b.feature ? -1 : 1))
}

/** `feature=level`. @throws JavaError */
export function parseNamedLevel(text: string): NamedLevel {
  const equals = text.indexOf('=')
  if (equals < 0) throw terse(`Can't parse feature=level string ${text}: equals sign not found.`)
  const [feature, number] = [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
  const level = parseJavaInt(number)
  if (level === null || level > SHORT_MAX || level < -SHORT_MAX - 1) {
    throw terse(`Can't parse feature=level string ${text}: unable to parse ${number} as a short.`)
  }
  return { feature, level }
}

function chosenLevels(operation: Operation, args: FeatureArgs, io: ToolIo): Map<string, number> {
  const release = args.get('release-version')
  if (release !== undefined) {
    if (args.has('metadata') || args.has('feature')) {
      throw terse('Can not specify `release-version` with other feature flags.')
    }
    return ofRelease(release, operation)
  }
  const levels = new Map<string, number>()
  const metadata = args.get('metadata')
  if (metadata !== undefined) {
    io.stdout.line(' `metadata` flag is deprecated and may be removed in a future release.')
    levels.set(METADATA_VERSION, parseRelease(metadata).level)
  }
  for (const text of args.all('feature')) {
    const { feature, level } = parseNamedLevel(text)
    addOnce(levels, feature, level)
  }
  return levels
}

/** Who upgrades does not want what the release does not have yet. */
function ofRelease(name: string, operation: Operation): Map<string, number> {
  const release = parseRelease(name)
  const others = FEATURES.map((feature) => [feature.name, defaultLevel(feature, release)] as const)
  return new Map([
    [METADATA_VERSION, release.level],
    ...others.filter(([, level]) => operation !== 'upgrade' || level > 0),
  ])
}

function disabled(args: FeatureArgs): Map<string, number> {
  const levels = new Map<string, number>()
  for (const feature of args.all('feature')) addOnce(levels, feature, 0)
  return levels
}

function addOnce(levels: Map<string, number>, feature: string, level: number): void {
  if (levels.has(feature)) throw terse(`Feature ${feature} was specified more than once.`)
  levels.set(feature, level)
}

function checkedLevel(level: number, operation: Operation): number {
  const illegal = 'java.lang.IllegalArgumentException'
  if (level === 0 && operation === 'upgrade') {
    throw new JavaError(
      illegal,
      'The upgradeType flag should be set to SAFE_DOWNGRADE or UNSAFE_DOWNGRADE when the provided maxVersionLevel:0 is < 1.',
    )
  }
  if (level < 0) throw new JavaError(illegal, 'Cannot specify a negative version level.')
  return level
}

function terse(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.TerseException', message)
}
