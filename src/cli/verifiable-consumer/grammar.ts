import { type ArgGrammar, type ArgSpec, type ArgValues, NO_OPTIONS } from '../arg-grammar.js'

type Name =
  | 'bootstrap-server'
  | 'topic'
  | 'group-protocol'
  | 'group-remote-assignor'
  | 'group-id'
  | 'group-instance-id'
  | 'max-messages'
  | 'session-timeout'
  | 'verbose'
  | 'enable-autocommit'
  | 'reset-policy'
  | 'assignment-strategy'
  | 'consumer.config'
  | 'command-config'

export type VerifiableConsumerArgs = ArgValues<Name>

const option = (name: Name, value: string, about: string, type?: 'int'): ArgSpec<Name> => ({
  name,
  argument: 'required',
  value,
  about,
  ...(type === undefined ? {} : { type }),
})

/** @param needsBootstrap no local broker may be started in place of the option. */
export function verifiableConsumerGrammar(needsBootstrap: boolean): ArgGrammar<Name> {
  const bootstrap = option('bootstrap-server', 'host:port,…', 'Brokers to contact first. Without it: the local broker.')
  return {
    ...NO_OPTIONS,
    options: [
      { ...bootstrap, isRequired: needsBootstrap },
      { ...option('topic', 'name', 'Read this topic.'), isRequired: true },
      option('group-protocol', 'protocol', 'classic (the default) or consumer.'),
      option('group-remote-assignor', 'name', 'With --group-protocol consumer: who divides the partitions.'),
      { ...option('group-id', 'id', 'As a member of this group.'), isRequired: true },
      option('group-instance-id', 'id', 'As this static member.'),
      option('max-messages', 'count', 'Read so many; -1 (the default) until it is ended.', 'int'),
      option('session-timeout', 'ms', 'After so long without a sign of life the place is lost (30000).', 'int'),
      { name: 'verbose', about: 'Print every record too.' },
      { name: 'enable-autocommit', about: 'Commit from time to time rather than after every poll.' },
      option('reset-policy', 'policy', 'Where to begin without offsets: earliest (the default), latest or none.'),
      option('assignment-strategy', 'class', 'How partitions are divided, by the name of the Java class.'),
      option('consumer.config', 'file', 'Older name of --command-config.'),
      option('command-config', 'file', 'Properties file with settings of the consumer.'),
    ],
    commands: [],
  }
}
