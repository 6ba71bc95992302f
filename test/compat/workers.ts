import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Command, tool } from './clients.js'
import { java } from './java.js'
import { cache, pythonOf } from './places.js'

/** A client by somebody else that works on while brokers come and go. */
export interface Worker {
  readonly name: string
  /** Why this machine cannot run it, or null. */
  readonly missing: string | null
  /** Whether its producer reads its whole input before it sends anything. */
  readonly readsAllFirst: boolean
  /** Sends each line `key<TAB>value` of stdin with acks=all and idempotence, until its end; exits with 0 if all were acknowledged. */
  produce(bootstrap: string, topic: string): Command
  /** Sends one record to partition 0, without another try. */
  once(bootstrap: string, topic: string, acks: Acks, value: string): OneShot
  /** What the outcome of `once` is: `acked`, or the error by the client's own name. */
  outcomeOf(output: string): string
  /** Prints the value of each record as a line, as a member of the group, and commits; ends in order on SIGTERM. */
  read(bootstrap: string, topic: string, group: string): Command
}

export type Acks = '1' | 'all'

export interface OneShot extends Command {
  /** All that it reads. */
  readonly stdin?: string
}

/** Apache's partitioner puts it into partition 0 of three. */
const KEY_OF_PARTITION_0 = 'once-0'

/** Where the worker with franz-go is built to, and where it says why it could not be. */
export const franzGoWorker = {
  program: join(cache, 'franz-go-worker'),
  missing: join(cache, 'franz-go-worker.missing'),
}

const RECONNECT = ['-X', 'reconnect.backoff.max.ms=500']

const kcat: Worker = {
  name: 'kcat',
  missing: isOnPath('kcat') ? null : 'it is not installed',
  readsAllFirst: true,
  produce: (bootstrap, topic) => ({
    program: 'kcat',
    args: ['-P', '-b', bootstrap, '-t', topic, '-K', '\t', '-E', '-X', 'enable.idempotence=true', ...RECONNECT],
  }),
  once: (bootstrap, topic, acks, value) => {
    const settings = [`acks=${acks}`, 'retries=0', 'request.timeout.ms=5000'].flatMap((setting) => ['-X', setting])
    const record = `once\t${value}\n`
    return {
      program: 'kcat',
      args: ['-P', '-b', bootstrap, '-t', topic, '-p', '0', '-K', '\t', ...settings],
      stdin: record,
    }
  },
  outcomeOf: (output) => /Delivery failed for message: (.*)/.exec(output)?.[1] ?? 'acked',
  read: (bootstrap, topic, group) => ({
    program: 'kcat',
    args: [
      ...['-b', bootstrap, '-q', '-u', '-E', '-f', '%s\n', '-X', 'auto.offset.reset=earliest'],
      ...['-X', 'session.timeout.ms=6000', '-X', 'heartbeat.interval.ms=500', ...RECONNECT, '-G', group, topic],
    ],
  }),
}

const consoleTools: Worker = {
  name: "Apache Kafka's console tools",
  missing: null,
  readsAllFirst: false,
  produce: (bootstrap, topic) =>
    consoleProducer(bootstrap, topic, {
      ...{ acks: 'all', 'enable.idempotence': 'true', 'linger.ms': '5' },
      ...{ retries: '2147483647', 'delivery.timeout.ms': '120000', 'request.timeout.ms': '30000' },
    }),
  once: (bootstrap, topic, acks, value) => ({
    ...consoleProducer(bootstrap, topic, {
      ...{ acks, 'enable.idempotence': 'false', retries: '0' },
      ...{ 'request.timeout.ms': '5000', 'delivery.timeout.ms': '30000' },
    }),
    stdin: `${KEY_OF_PARTITION_0}\t${value}\n`,
  }),
  outcomeOf: (output) => /errors\.(\w+Exception)/.exec(output)?.[1] ?? 'acked',
  read: (bootstrap, topic, group) =>
    tool(
      ...['console-consumer', '--bootstrap-server', bootstrap, '--topic', topic, '--group', group, '--from-beginning'],
      ...properties({ 'session.timeout.ms': '6000', 'heartbeat.interval.ms': '500', 'auto.commit.interval.ms': '500' }),
    ),
}

export const workers: readonly Worker[] = [
  script('librdkafka', pythonOf('librdkafka-2.8.2'), 'confluent_worker.py'),
  script('kafka-python', pythonOf('newest'), 'kafka_python_worker.py'),
  worker('franz-go', (...args) => ({ program: franzGoWorker.program, args }), missingFranzGo()),
  kcat,
  worker("Apache Kafka's Java client", (...args) => java('Worker', ...args)),
  consoleTools,
]

function script(name: string, program: string, file: string): Worker {
  return worker(name, (...args) => ({ program, args: [join(import.meta.dirname, 'clients', file), ...args] }))
}

/** A program of ours that takes the three roles by name. */
function worker(name: string, command: (...args: string[]) => Command, missing: string | null = null): Worker {
  return {
    ...{ name, missing, readsAllFirst: false },
    produce: (...args) => command('produce', ...args),
    once: (...args) => command('once', ...args),
    outcomeOf: (output) => output.split('\n')[0]!,
    read: (...args) => command('read', ...args),
  }
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)))
}

function missingFranzGo(): string | null {
  return existsSync(franzGoWorker.missing) ? readFileSync(franzGoWorker.missing, 'utf8') : null
}

function consoleProducer(bootstrap: string, topic: string, settings: Record<string, string>): Command {
  const place = ['--bootstrap-server', bootstrap, '--topic', topic, '--reader-property', 'parse.key=true']
  return tool('console-producer', ...place, ...properties(settings))
}

function properties(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['--command-property', `${name}=${value}`])
}
