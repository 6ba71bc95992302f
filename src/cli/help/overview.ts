import { KAFKA_VERSION, klogVersion } from '../version.js'

const WIDTH = 80

/** Commands that most days need, with what they are for; the others by name alone, so that all fit a screen. */
const EVERYDAY: readonly (readonly [command: string, about: string])[] = [
  ['topics', 'create, list, describe, alter and delete topics'],
  ['console-producer', 'send lines, or records as JSON'],
  ['console-consumer', 'print records, as a member of a group or without'],
  ['consumer-groups', 'list and describe groups, move their offsets'],
  ['configs', 'settings of topics, brokers, groups, users'],
]
const OWN: readonly (readonly [command: string, about: string])[] = [
  ['quickstart', 'a tour in a minute'],
  ['broker', 'start, stop and look at the local broker'],
  ['cat', 'print a range of a topic, by offset or time'],
  ['lag', 'how far all groups are behind'],
  ['wait', 'for scripts: until a topic, a group or a lag is right'],
  ['snap, fork', 'copies of the whole broker'],
  ['context', 'clusters by name'],
  ['shims', 'kafka-topics.sh and so on, for scripts as they are'],
  ['completion', 'commands, topics and groups by the tab key'],
]
const INSPECT = [
  'get-offsets',
  'groups',
  'log-dirs',
  'dump-log',
  'cluster',
  'broker-api-versions',
  'metadata-quorum',
  'features',
  'transactions',
]
const MEASURE = /perf-test$|^e2e-latency$|^verifiable-/

/** What `klog --help` prints: every command on one screen. @param tools names of Kafka's tools. */
export function overview(tools: readonly string[]): string {
  const everyday = EVERYDAY.map(([command]) => command)
  const others = tools.filter((name) => !everyday.includes(name) && !INSPECT.includes(name))
  return [
    `klog ${klogVersion()}: a whole Kafka for one machine, with the tools of Kafka ${KAFKA_VERSION}`,
    'Everyday',
    ...described(EVERYDAY),
    "klog's own",
    ...described(OWN),
    ...listed(
      'Inspect',
      tools.filter((name) => INSPECT.includes(name)),
    ),
    ...listed(
      'Operate',
      others.filter((name) => !MEASURE.test(name)),
    ),
    ...listed(
      'Measure',
      others.filter((name) => MEASURE.test(name)),
    ),
    'klog COMMAND --help has examples and all options; --version works everywhere.',
    '',
  ].join('\n')
}

function described(commands: readonly (readonly [string, string])[]): string[] {
  return commands.map(([command, about]) => `  ${command.padEnd(17)} ${about}`)
}

function listed(title: string, names: readonly string[]): string[] {
  const lines: string[] = []
  for (const name of names) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 2 + name.length <= WIDTH - 9) lines[lines.length - 1] = `${last}, ${name}`
    else lines.push(name)
  }
  return lines.map((line, i) => `${(i === 0 ? title : '').padEnd(9)}${line}${i < lines.length - 1 ? ',' : ''}`)
}
