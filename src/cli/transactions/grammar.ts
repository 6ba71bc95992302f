import type { ArgGrammar, ArgSpec, ArgValues } from '../arg-grammar.js'
import { OUTPUT_OPTION } from '../data/output-option.js'

type Name =
  | 'output'
  | 'version'
  | 'bootstrap-server'
  | 'command-config'
  | 'duration-filter'
  | 'transactional-id-pattern'
  | 'transactional-id'
  | 'transactionalId'
  | 'broker-id'
  | 'topic'
  | 'partition'
  | 'start-offset'
  | 'producer-id'
  | 'producer-epoch'
  | 'coordinator-epoch'
  | 'max-transaction-timeout'

export type TransactionArgs = ArgValues<Name>

const number = (name: Name, type: 'short' | 'int' | 'long', about: string): ArgSpec<Name> => ({
  name,
  argument: 'required',
  type,
  value: 'number',
  about,
})
const text = (name: Name, value: string, about: string): ArgSpec<Name> => ({ name, argument: 'required', value, about })
const required = (spec: ArgSpec<Name>): ArgSpec<Name> => ({ ...spec, isRequired: true })

const BROKER = number('broker-id', 'int', 'Ask this broker, or look only at what it has.')
const TOPIC = text('topic', 'name', 'The topic.')
const PARTITION = number('partition', 'int', 'Which partition of the topic.')

/** @param needsBootstrap no local broker may be started in place of the option. */
export function transactionGrammar(needsBootstrap: boolean): ArgGrammar<Name> {
  const bootstrap = text(
    'bootstrap-server',
    'host:port,…',
    'Brokers to contact first, before the command. Without it: the local broker, started if it does not run.',
  )
  const command = (name: string, about: string, ...options: ArgSpec<Name>[]) => ({
    name,
    about,
    options,
    exclusive: [],
    needsOne: false,
  })
  return {
    options: [
      { name: 'version', short: 'v', about: 'Print the version of Apache Kafka that this tool equals.' },
      text('command-config', 'file', 'Properties file with client settings, before the command.'),
      { ...bootstrap, isRequired: needsBootstrap },
    ],
    exclusive: [],
    needsOne: false,
    commands: [
      command(
        'list',
        'Print the transactions that the brokers know of.',
        number('duration-filter', 'long', 'With list: only those that have been running for more milliseconds.'),
        text('transactional-id-pattern', 'regex', 'With list: only ids of which all matches this.'),
        OUTPUT_OPTION,
      ),
      command(
        'describe',
        'Print how a transaction stands.',
        required(text('transactional-id', 'id', 'With describe: whose.')),
        OUTPUT_OPTION,
      ),
      command(
        'describe-producers',
        'Print which producers a partition remembers.',
        BROKER,
        required(TOPIC),
        required(PARTITION),
        OUTPUT_OPTION,
      ),
      command(
        'abort',
        'Abort a transaction that hangs, in one partition.',
        required(TOPIC),
        required(PARTITION),
        number('start-offset', 'long', 'With abort: where the transaction begins.'),
        number('producer-id', 'long', 'With abort, for brokers before 3.0: the producer.'),
        number('producer-epoch', 'short', 'With abort, for brokers before 3.0: its epoch.'),
        number('coordinator-epoch', 'int', "With abort, for brokers before 3.0: its coordinator's epoch."),
      ),
      command(
        'find-hanging',
        'Look for transactions that nobody will end.',
        BROKER,
        number('max-transaction-timeout', 'int', 'With find-hanging: minutes that a transaction may take (15).'),
        TOPIC,
        PARTITION,
        OUTPUT_OPTION,
      ),
      command(
        'forceTerminateTransaction',
        'Fence the producer of a transactional id and abort what it left open.',
        required(text('transactionalId', 'id', 'With forceTerminateTransaction: whose.')),
      ),
    ],
  }
}
