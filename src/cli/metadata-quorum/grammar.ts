import type { ArgCommand, ArgGrammar, ArgSpec, ArgValues } from '../arg-grammar.js'
import { OUTPUT_OPTION } from '../data/output-option.js'

type Name =
  | 'output'
  | 'bootstrap-server'
  | 'bootstrap-controller'
  | 'command-config'
  | 'status'
  | 'replication'
  | 'human-readable'
  | 'dry-run'
  | 'controller-id'
  | 'controller-directory-id'

export type QuorumArgs = ArgValues<Name>

const text = (name: Name, value: string, about: string): ArgSpec<Name> => ({ name, argument: 'required', value, about })
const DRY_RUN: ArgSpec<Name> = { name: 'dry-run', about: 'Say what would be done, and do nothing.' }

/** @param needsBootstrap no local broker may be started in place of the option. */
export function quorumGrammar(needsBootstrap: boolean): ArgGrammar<Name> {
  return {
    options: [
      text('bootstrap-server', 'host:port,…', 'Brokers to contact, before the command. Without it: the local broker.'),
      text('bootstrap-controller', 'host:port,…', 'Controllers to contact instead, before the command.'),
      text('command-config', 'file', "Properties file, before the command; with add-controller that controller's own."),
    ],
    exclusive: ['bootstrap-server', 'bootstrap-controller'],
    needsOne: needsBootstrap,
    commands: [
      command(
        'describe',
        'Print who keeps the metadata of the cluster.',
        { name: 'status', about: 'With describe: leader, voters and how far they are.' },
        { name: 'replication', about: 'With describe: a row for every member.' },
        { name: 'human-readable', about: 'With describe --replication: times as how long ago.' },
        OUTPUT_OPTION,
      ),
      command('add-controller', 'Make the controller that --command-config describes a voter.', DRY_RUN),
      command(
        'remove-controller',
        'Take a controller out of the voters.',
        {
          ...text('controller-id', 'id', 'With remove-controller: which.'),
          short: 'i',
          type: 'int',
          isRequired: true,
        },
        {
          ...text('controller-directory-id', 'id', 'With remove-controller: the id of its metadata directory.'),
          short: 'd',
          isRequired: true,
        },
        DRY_RUN,
      ),
    ],
  }
}

function command(name: string, about: string, ...options: ArgSpec<Name>[]): ArgCommand<Name> {
  return { name, about, options, exclusive: [], needsOne: false }
}
