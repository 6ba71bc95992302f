import { isCallFailure } from '../../client/call-failure.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { describeFeatures, updateFeatures } from '../../client/features.js'
import { METADATA_VERSION } from '../../protocol/releases.js'
import { withAdmin } from '../admin.js'
import { ArgError } from '../arg-parser.js'
import { defineArgTool } from '../arg-tool.js'
import { type DataFormat, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { DEPENDENCIES, FEATURES_DATA, featureRows, RELEASE_LEVELS, releaseOf } from '../feature-data.js'
import { type NamedLevel, printDependencies, printVersionMapping } from '../feature-levels.js'
import { executionException, isKafkaFailure, JavaError } from '../java-error.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { FEATURES_GRAMMAR, type FeatureArgs } from './grammar.js'
import { parseNamedLevel, readUpdates } from './updates.js'

export const featuresTool = defineArgTool({
  name: 'features',
  program: 'kafka-features',
  summary: 'Shows and changes the features that a cluster has agreed on.',
  grammar: () => FEATURES_GRAMMAR,
  data: [FEATURES_DATA, RELEASE_LEVELS, DEPENDENCIES],
  complaint: (message) => `Command line error: ${message}. Type --help for help.`,
  examples: ['describe', 'upgrade --release-version 4.3', 'downgrade --feature share.version=0 --dry-run'],
  act: async (command, args, io) => {
    try {
      return await run(command, args, io)
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      io.stderr.line((isCallFailure(error) ? executionException(error) : error).message)
      return 1
    }
  },
})

async function run(command: string, args: FeatureArgs, io: ToolIo): Promise<number> {
  const format = readFormat(args.get('output'))
  if (command === 'version-mapping') await printVersionMapping(args.get('release-version'), format, io)
  else if (command === 'feature-dependencies') {
    const levels = args.all('feature').map(parseNamedLevel)
    const unknown = ({ feature, level }: NamedLevel): string => `No feature:${feature} with feature level ${level}`
    await printDependencies(levels, unknown, format, io)
  } else return await withCluster(command, args, io)
  return 0
}

async function withCluster(command: string, args: FeatureArgs, io: ToolIo): Promise<number> {
  const bootstrap = args.get('bootstrap-controller') ?? args.get('bootstrap-server')
  if (bootstrap === undefined && needsBootstrapFlag(io)) {
    throw new ArgError('You must specify either --bootstrap-controller or --bootstrap-server.')
  }
  const areControllers = args.has('bootstrap-controller')
  return await withAdmin({ bootstrap, configFile: args.get('command-config'), areControllers }, io, async (client) => {
    if (command !== 'describe') return await update(client, command as 'upgrade' | 'downgrade' | 'disable', args, io)
    await describe(client, args.number('node-id') ?? null, readFormat(args.get('output')), io)
    return 0
  })
}

async function describe(
  client: ClusterClient,
  broker: number | null,
  format: DataFormat | null,
  io: ToolIo,
): Promise<void> {
  if (broker !== null && broker < 0) {
    throw new JavaError('java.lang.IllegalArgumentException', `Invalid node id ${broker}: must be non-negative.`)
  }
  const found = await describeFeatures(client, broker)
  if (format !== null) return await printData(io, format, FEATURES_DATA, featureRows(found))
  const { features, epoch } = found
  for (const { name, min, max, finalized } of features) {
    const [low, high, agreed] = [min, max, finalized].map((level) => levelText(name, level).padEnd(15))
    const levels = `SupportedMinVersion: ${low}  SupportedMaxVersion: ${high}  FinalizedVersionLevel: ${agreed}`
    io.stdout.line(`Feature: ${name.padEnd(40)}  ${levels}  Epoch: ${epoch ?? '-'}`)
  }
}

function levelText(feature: string, level: number): string {
  if (feature !== METADATA_VERSION) return String(level)
  return releaseOf(feature, level) ?? `UNKNOWN ${level}`
}

async function update(
  client: ClusterClient,
  operation: 'upgrade' | 'downgrade' | 'disable',
  args: FeatureArgs,
  io: ToolIo,
): Promise<number> {
  const isDryRun = args.has('dry-run')
  const updates = readUpdates(operation, args, io)
  const results = await updateFeatures(client, updates, isDryRun)
  let failures = 0
  for (const { feature, level } of updates) {
    const error = results.get(feature) ?? null
    if (error === null) {
      const done = operation === 'disable' ? 'disabled.' : `${operation}d to ${level}.`
      io.stdout.line(`${feature} ${isDryRun ? 'can be' : 'was'} ${done}`)
    } else {
      failures++
      const what = operation === 'disable' ? `disable ${feature}` : `${operation} ${feature} to ${level}`
      io.stdout.line(`${isDryRun ? 'Can not' : 'Could not'} ${what}. ${error.message}`)
    }
  }
  if (failures > 0) io.stderr.line(`${failures} out of ${updates.length} operation(s) failed.`)
  return failures > 0 ? 1 : 0
}
