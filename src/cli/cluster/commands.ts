import { type ArgCommand, type ArgGrammar, type ArgSpec, type ArgValues, NO_OPTIONS } from '../arg-grammar.js'
import { OUTPUT_OPTION } from '../data/output-option.js'

type Name =
  | 'output'
  | 'bootstrap-server'
  | 'bootstrap-controller'
  | 'config'
  | 'command-config'
  | 'id'
  | 'include-fenced-brokers'

const SHARED: readonly ArgSpec<Name>[] = [
  {
    name: 'bootstrap-server',
    short: 'b',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  {
    name: 'bootstrap-controller',
    short: 'C',
    argument: 'required',
    value: 'host:port,…',
    about: 'Controllers to contact instead of brokers.',
  },
  {
    name: 'config',
    argument: 'required',
    value: 'file',
    about: 'Older name of --command-config.',
  },
  {
    name: 'command-config',
    short: 'c',
    argument: 'required',
    value: 'file',
    about: 'Properties file with client settings.',
  },
]

export type ClusterArgs = ArgValues<Name>

/** @param needsBootstrap no local broker may be started in place of the option. */
export function clusterGrammar(needsBootstrap: boolean): ArgGrammar<Name> {
  const command = (name: string, about: string, ...options: ArgSpec<Name>[]): ArgCommand<Name> => ({
    name,
    about,
    options: [...SHARED, ...options],
    exclusive: ['bootstrap-server', 'bootstrap-controller'],
    needsOne: needsBootstrap,
  })
  const commands = [
    command('cluster-id', 'Print the id of the cluster.', OUTPUT_OPTION),
    command('unregister', 'Take a broker that is gone for good off the books.', {
      name: 'id',
      short: 'i',
      argument: 'required',
      type: 'int',
      value: 'broker',
      about: 'With unregister: which broker.',
      isRequired: true,
    }),
    command(
      'list-endpoints',
      'Print the addresses of brokers or controllers.',
      {
        name: 'include-fenced-brokers',
        about: 'With list-endpoints: brokers too that are registered and not ready.',
      },
      OUTPUT_OPTION,
    ),
  ]
  return { ...NO_OPTIONS, commands }
}
