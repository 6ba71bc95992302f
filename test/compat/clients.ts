import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { kafkaTool, pythonOf } from './places.js'

/** A client by somebody else, as commands that take one step each and end; `member` runs until it is killed. */
export interface Client {
  readonly name: string
  /** Null where the client has no way to create a topic: then producing does. */
  create(bootstrap: string, topic: string, partitions: number): Command | null
  /** Sends each line `key<TAB>value` of the file. */
  produce(bootstrap: string, topic: string, file: string): Command
  /** Prints `partition<TAB>offset<TAB>key<TAB>value` lines; commits at the end where a group is named. */
  consume(bootstrap: string, topic: string, count: number, group?: string): Command
  /** Joins the group and goes on reading. */
  member(bootstrap: string, topic: string, group: string): Command
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  /** Fed to stdin. */
  readonly stdinFile?: string
}

const here = (name: string): string => join(import.meta.dirname, 'clients', name)

function script(name: string, program: string, file: string): Client {
  const step =
    (what: string) =>
    (...args: (string | number | undefined)[]): Command => ({
      program,
      args: [here(file), what, ...args.filter((arg) => arg !== undefined).map(String)],
    })
  return {
    name,
    create: step('create'),
    produce: step('produce'),
    consume: step('consume'),
    member: step('member'),
  }
}

const kcat: Client = {
  name: 'kcat',
  create: () => null,
  produce: (bootstrap, topic, file) => ({
    program: 'kcat',
    args: ['-P', '-b', bootstrap, '-t', topic, '-K', '\\t', '-z', 'snappy', '-l', file],
  }),
  consume: (bootstrap, topic, count, group) => ({
    program: 'kcat',
    args: [
      ...['-b', bootstrap, '-q', '-u', '-c', String(count), '-f', '%p\\t%o\\t%k\\t%s\\n'],
      ...(group === undefined
        ? ['-C', '-t', topic, '-o', 'beginning']
        : ['-X', 'auto.offset.reset=earliest', '-G', group, topic]),
    ],
  }),
  member: (bootstrap, topic, group) => ({
    program: 'kcat',
    args: ['-b', bootstrap, '-X', 'session.timeout.ms=6000', '-X', 'heartbeat.interval.ms=500', '-G', group, topic],
  }),
}

const java: Client = {
  name: "Apache Kafka's console tools",
  create: (bootstrap, topic, partitions) =>
    tool('topics', '--bootstrap-server', bootstrap, '--create', '--topic', topic, '--partitions', String(partitions)),
  produce: (bootstrap, topic, file) => ({
    ...tool(
      'console-producer',
      '--bootstrap-server',
      bootstrap,
      '--topic',
      topic,
      '--reader-property',
      'parse.key=true',
    ),
    stdinFile: file,
  }),
  consume: (bootstrap, topic, count, group) =>
    tool(
      ...['console-consumer', '--bootstrap-server', bootstrap, '--topic', topic, '--from-beginning'],
      ...['--max-messages', String(count), '--command-property', 'enable.auto.commit=true'],
      ...['partition', 'offset', 'key'].flatMap((what) => ['--formatter-property', `print.${what}=true`]),
      ...(group === undefined ? [] : ['--group', group]),
    ),
  member: (bootstrap, topic, group) =>
    tool(
      ...['console-consumer', '--bootstrap-server', bootstrap, '--topic', topic, '--group', group],
      ...['--command-property', 'session.timeout.ms=6000', '--command-property', 'heartbeat.interval.ms=500'],
    ),
}

export const clients: readonly Client[] = [
  script('kafkajs', process.execPath, 'kafkajs.mjs'),
  kcat,
  script('confluent-kafka', pythonOf('newest'), 'confluent.py'),
  script('kafka-python', pythonOf('newest'), 'kafka_python.py'),
  script('kafka-python 2.0.2', pythonOf('kafka-python-2.0.2'), 'kafka_python.py'),
  java,
]

export function tool(...args: string[]): Command {
  return { program: kafkaTool, args }
}

export function start(command: Command): ChildProcess {
  return spawn(command.program, command.args, { stdio: ['pipe', 'pipe', 'pipe'] })
}
