import { checkBootstrapShape } from '../bootstrap-shape.js'
import { OUTPUT_OPTION } from '../data/output-option.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { requireOptions } from '../option-rules.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'

export const GET_OFFSETS_OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  {
    name: 'topic',
    argument: 'required',
    value: 'name',
    about: 'Which topics: a name, a list divided by commas, or a regular expression. All unless given.',
  },
  {
    name: 'partitions',
    argument: 'required',
    value: '0,1,…',
    about: 'Which partitions of the topics. All unless given.',
  },
  {
    name: 'topic-partitions',
    argument: 'required',
    value: 'topic:2,…',
    about: 'Topics with partitions: orders, orders:3, orders:2-5 (without 5), orders:2-, orders:-5, :0 (of any topic).',
  },
  {
    name: 'time',
    argument: 'required',
    value: 'time',
    about:
      'The offset of which moment: latest (-1, unless given), earliest (-2), max-timestamp (-3), earliest-local (-4), latest-tiered (-5), earliest-pending-upload (-6), or milliseconds since 1970: the first record from then on.',
  },
  { name: 'exclude-internal-topics', about: 'Leave topics out that Kafka keeps for itself.' },
  OUTPUT_OPTION,
])

export type GetOffsetsOptions = Options<(typeof GET_OFFSETS_OPTIONS)[number]['name']>

/** @throws UsageError when the brokers are not named as they must be. */
export function checkBootstrap(options: GetOffsetsOptions, io: ToolIo): void {
  if (needsBootstrapFlag(io)) requireOptions(options, 'bootstrap-server')
  const bootstrap = options.text('bootstrap-server')
  if (bootstrap !== undefined) checkBootstrapShape(bootstrap)
}
