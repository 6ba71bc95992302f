import { type ArgGrammar, type ArgSpec, type ArgValues, NO_OPTIONS } from '../arg-grammar.js'

type Name =
  | 'topic'
  | 'bootstrap-server'
  | 'max-messages'
  | 'throughput'
  | 'acks'
  | 'producer.config'
  | 'message-create-time'
  | 'value-prefix'
  | 'repeating-keys'
  | 'command-config'

export type VerifiableProducerArgs = ArgValues<Name>

const option = (name: Name, value: string, about: string, type?: 'int' | 'long'): ArgSpec<Name> => ({
  name,
  argument: 'required',
  value,
  about,
  ...(type === undefined ? {} : { type }),
})

/** @param needsBootstrap no local broker may be started in place of the option. */
export function verifiableProducerGrammar(needsBootstrap: boolean): ArgGrammar<Name> {
  const bootstrap = option('bootstrap-server', 'host:port,…', 'Brokers to contact first. Without it: the local broker.')
  return {
    ...NO_OPTIONS,
    options: [
      { ...option('topic', 'name', 'Send to this topic.'), isRequired: true },
      { ...bootstrap, isRequired: needsBootstrap },
      option('max-messages', 'count', 'Send so many; -1 (the default) until it is ended.', 'int'),
      option('throughput', 'records/s', 'About so many a second; negative (the default) for no limit.', 'int'),
      {
        ...option('acks', 'acks', 'How many replicas must have a record: 0, 1, or -1 (the default) for all.', 'int'),
        choices: ['0', '1', '-1'],
      },
      option('producer.config', 'file', 'Older name of --command-config.'),
      option('message-create-time', 'ms', 'The time of the first record; the others follow.', 'long'),
      option('value-prefix', 'number', 'Put this and a dot before every value.', 'int'),
      option('repeating-keys', 'count', 'Keys 0, 1 … up to this, and again.', 'int'),
      option('command-config', 'file', 'Properties file with settings of the producer.'),
    ],
    commands: [],
  }
}
