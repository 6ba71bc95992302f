import { isCallFailure } from '../../client/call-failure.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { describeFeatures, updateFeatures } from '../../client/features.js'
import { METADATA_VERSION, RELEASES } from '../../protocol/releases.js'
import { withAdmin } from '../admin.js'
import { ArgError } from '../arg-parser.js'
import { defineArgTool } from '../arg-tool.js'
import { printDependencies, printVersionMapping } from '../feature-levels.js'
import { executionException, isKafkaFailure, JavaError } from '../java-error.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { FEATURES_GRAMMAR, type FeatureArgs } from './grammar.js'
import { parseNamedLevel, readUpdates } from './updates.js'

export const featuresTool = defineArgTool({
  name: 'features',
  program: 'kafka-features',
  summary: 'Shows and changes the features that a cluster has agreed on.',
  grammar: () => FEATURES_GRAMMAR,
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
  if (command === 'version-mapping') printVersionMapping(args.get('release-version'), io)
  else if (command === 'feature-dependencies') {
    const levels = args.all('feature').map(parseNamedLevel)
    printDependencies(levels, ({ feature, level }) => `No feature:${feature} with feature level ${level}`, io)
  } else return await withCluster(command, args, io)
  return 0
}

async function withCluster(command: string, args: FeatureArgs, io: ToolIo): Promise<number> {
  const bootstrap = args.get('bootstrap-controller') ?? args.get('bootstrap-server')
  if (bootstrap === undefined && needsBootstrapFlag(io)) {
    throw new ArgError('You must specify either --bootstrap-controller or --bootstrap-server.')
  }
  return await withAdmin({ bootstrap, configFile: args.get('command-config') }, io, async (client) => {
    if (command !== 'describe') return await update(client, command as 'upgrade' | 'downgrade' | 'disable', args, io)
    await describe(client, args.number('node-id') ?? null, io)
    return 0
  })
}

async function describe(client: ClusterClient, broker: number | null, io: ToolIo): Promise<void> {
  if (broker !== null && broker < 0) {
    throw new JavaError('java.lang.IllegalArgumentException', `Invalid node id ${broker}: must be non-negative.`)
  }
  const { features, epoch } = await describeFeatures(client, broker)
  for (const { name, min, max, finalized } of features) {
    const [low, high, agreed] = [min, max, finalized].map((level) => levelText(name, level).padEnd(15))
    const levels = `SupportedMinVersion: ${low}  SupportedMaxVersion: ${high}  FinalizedVersionLevel: ${agreed}`
    io.stdout.line(`Feature: ${name.padEnd(40)}  ${levels}  Epoch: ${epoch ?? '-'}`)
  }
}

function levelText(feature: string, level: number): string {
  if (feature !== METADATA_VERSION) return String(level)
  return RELEASES.find((release) => release.level === level)?.name ?? `UNKNOWN ${level}`
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
