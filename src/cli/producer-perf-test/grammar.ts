import type { ArgGrammar, ArgSpec, ArgValues } from '../arg-grammar.js'
import { OUTPUT_OPTION } from '../data/output-option.js'

type Name =
  | 'output'
  | 'bootstrap-server'
  | 'topic'
  | 'num-records'
  | 'record-size'
  | 'payload-file'
  | 'payload-monotonic'
  | 'payload-delimiter'
  | 'throughput'
  | 'producer-props'
  | 'command-property'
  | 'producer.config'
  | 'command-config'
  | 'print-metrics'
  | 'transactional-id'
  | 'transaction-duration-ms'
  | 'warmup-records'
  | 'reporting-interval'

export type PerfArgs = ArgValues<Name>

type Argument = Omit<ArgSpec<Name>, 'name' | 'argument' | 'about'>

const option = (name: Name, about: string, rest: Argument = {}): ArgSpec<Name> => ({
  name,
  argument: 'required',
  about,
  ...rest,
})

export const PERF_GRAMMAR: ArgGrammar<Name> = {
  options: [
    option('bootstrap-server', 'Brokers to contact first. Without it: the local broker, started if it does not run.', {
      value: 'host:port,…',
    }),
    option('topic', 'Send to this topic.', { value: 'name', isRequired: true }),
    option('num-records', 'How many records to send.', { type: 'long', value: 'count', isRequired: true }),
    option('record-size', 'Send random letters, so many bytes a record.', { type: 'int', value: 'bytes' }),
    option('payload-file', 'Send pieces of this file, chosen by chance.', { value: 'file' }),
    { name: 'payload-monotonic', about: 'Send 0, 1, 2 and so on.' },
    option('payload-delimiter', 'A regular expression for what divides the pieces of --payload-file (line feed).', {
      value: 'regex',
    }),
    option('throughput', 'About so many records a second; -1 for as many as can be.', {
      type: 'double',
      value: 'records/s',
      isRequired: true,
    }),
    option('producer-props', 'Older name of --command-property.', { value: 'name=value', takesSeveral: true }),
    option('command-property', 'Settings of the producer, several if need be.', {
      value: 'name=value',
      takesSeveral: true,
    }),
    option('producer.config', 'Older name of --command-config.', { value: 'file' }),
    option('command-config', 'Properties file with settings of the producer.', { value: 'file' }),
    { name: 'print-metrics', about: "Print the producer's counts at the end." },
    option('transactional-id', 'Send in transactions, under this id.', { value: 'id' }),
    option('transaction-duration-ms', 'Send in transactions, each committed after so long (3000).', {
      type: 'long',
      value: 'ms',
    }),
    option('warmup-records', 'Leave so many out of a second summary.', { type: 'long', value: 'count' }),
    option('reporting-interval', 'Tell how it goes this often (5000).', { type: 'long', value: 'ms' }),
    OUTPUT_OPTION,
  ],
  exclusive: ['record-size', 'payload-file', 'payload-monotonic'],
  needsOne: true,
  commands: [],
}
