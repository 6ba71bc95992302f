import type { ArgCommand, ArgGrammar, ArgSpec, ArgValues } from '../arg-grammar.js'
import { OUTPUT_OPTION } from '../data/output-option.js'

type Name =
  | 'output'
  | 'bootstrap-server'
  | 'bootstrap-controller'
  | 'command-config'
  | 'node-id'
  | 'metadata'
  | 'release-version'
  | 'feature'
  | 'unsafe'
  | 'dry-run'

export type FeatureArgs = ArgValues<Name>

const text = (name: Name, value: string, about: string): ArgSpec<Name> => ({ name, argument: 'required', value, about })

const METADATA = text('metadata', 'release', 'Older way to name the level of metadata.version.')
const RELEASE = text('release-version', 'release', 'All levels of a release, like 4.0-IV3 or 4.3.')
const FEATURE = text('feature', 'name=level', 'One feature; may be given several times.')
const UNSAFE: ArgSpec<Name> = { name: 'unsafe', about: 'Even if metadata may be lost by it.' }
const DRY_RUN: ArgSpec<Name> = { name: 'dry-run', about: 'Say what would be done, and do nothing.' }

export const FEATURES_GRAMMAR: ArgGrammar<Name> = {
  options: [
    text('bootstrap-server', 'host:port,…', 'Brokers to contact, before the command. Without it: the local broker.'),
    text('bootstrap-controller', 'host:port,…', 'Controllers to contact instead, before the command.'),
    text('command-config', 'file', 'Properties file with client settings, before the command.'),
  ],
  exclusive: ['bootstrap-server', 'bootstrap-controller'],
  needsOne: false,
  commands: [
    command(
      'describe',
      'Print the features, and what the cluster has agreed on.',
      {
        name: 'node-id',
        argument: 'required',
        type: 'int',
        value: 'broker',
        about: 'With describe: ask this broker.',
      },
      OUTPUT_OPTION,
    ),
    command('upgrade', 'Agree on higher levels.', METADATA, RELEASE, FEATURE, DRY_RUN),
    command('downgrade', 'Agree on lower levels.', METADATA, RELEASE, FEATURE, UNSAFE, DRY_RUN),
    command('disable', 'Take features away: the same as level 0.', FEATURE, UNSAFE, DRY_RUN),
    command('version-mapping', 'Print the levels that belong to a release.', RELEASE, OUTPUT_OPTION),
    command('feature-dependencies', 'Print what levels need.', { ...FEATURE, isRequired: true }, OUTPUT_OPTION),
  ],
}

function command(name: string, about: string, ...options: ArgSpec<Name>[]): ArgCommand<Name> {
  return { name, about, options, exclusive: [], needsOne: false }
}
