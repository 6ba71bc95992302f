import type { ArgCommand, ArgGrammar, ArgSpec, ArgValues } from '../arg-grammar.js'
import { NO_OPTIONS } from '../arg-grammar.js'
import { OUTPUT_OPTION } from '../data/output-option.js'

type Name =
  | 'output'
  | 'config'
  | 'cluster-id'
  | 'add-scram'
  | 'ignore-formatted'
  | 'release-version'
  | 'feature'
  | 'standalone'
  | 'no-initial-controllers'
  | 'initial-controllers'

export type StorageArgs = ArgValues<Name>

const text = (name: Name, short: string, value: string, about: string): ArgSpec<Name> => ({
  name,
  short,
  argument: 'required',
  value,
  about,
})

const CONFIG: ArgSpec<Name> = { ...text('config', 'c', 'file', 'The settings of the node.'), isRequired: true }
const RELEASE = text('release-version', 'r', 'release', 'The levels of a release, like 4.0-IV3; else the latest.')
const FEATURE = text('feature', 'f', 'name=level', 'One feature; may be given several times.')
const ONE_OF = ['standalone', 'no-initial-controllers', 'initial-controllers'] as const

export const STORAGE_GRAMMAR: ArgGrammar<Name> = {
  ...NO_OPTIONS,
  commands: [
    command('info', 'Print what the log directories of a node are marked with.', CONFIG, OUTPUT_OPTION),
    {
      ...command(
        'format',
        'Mark the log directories of a node as belonging to a cluster.',
        CONFIG,
        { ...text('cluster-id', 't', 'id', 'With format: which cluster; random-uuid makes an id.'), isRequired: true },
        text('add-scram', 'S', 'user', 'With format: SCRAM-SHA-256=[name=alice,password=secret]; several times.'),
        {
          name: 'ignore-formatted',
          short: 'g',
          about: 'With format: leave directories alone that are marked already.',
        },
        RELEASE,
        FEATURE,
        { name: 'standalone', short: 's', about: 'With format: this controller is the only voter of a new cluster.' },
        { name: 'no-initial-controllers', short: 'N', about: 'With format: the voters are told later.' },
        text('initial-controllers', 'I', 'voters', 'With format: the first voters, id@host:port:directory-id,…'),
      ),
      exclusive: ONE_OF,
    },
    command('version-mapping', 'Print the levels that belong to a release.', RELEASE, OUTPUT_OPTION),
    command('feature-dependencies', 'Print what levels need.', { ...FEATURE, isRequired: true }, OUTPUT_OPTION),
    command('random-uuid', 'Print an id for a new cluster.', OUTPUT_OPTION),
  ],
}

function command(name: string, about: string, ...options: ArgSpec<Name>[]): ArgCommand<Name> {
  return { name, about, options, exclusive: [], needsOne: false }
}
