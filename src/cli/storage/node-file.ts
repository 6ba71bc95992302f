import { resolve } from 'node:path'
import { JavaError } from '../java-error.js'
import { parseJavaInt } from '../java-number.js'
import { loadProperties } from '../properties.js'

/** What formatting needs to know of a node's settings. */
export interface NodeFile {
  readonly nodeId: number
  readonly roles: readonly string[]
  /** In the order of their names, the metadata directory among them; as written in the file. */
  readonly directories: readonly string[]
  readonly metadataDirectory: string
  /** Whether the members of the quorum are configured. */
  readonly hasVoters: boolean
  readonly controllerListeners: readonly string[]
  /** `NAME://host:port` of `listeners` and, where it has them, `advertised.listeners`. */
  readonly listeners: ReadonlyMap<string, { readonly host: string; readonly port: number }>
  /** The path behind a name of `directories`. */
  path(directory: string): string
}

const DEFAULT_DIRECTORY = '/tmp/kafka-logs'
const REQUIRED = ['process.roles', 'node.id', 'controller.listener.names'] as const

/** @throws JavaError with Kafka's text. */
export function readNodeFile(path: string, base: string): NodeFile {
  const properties = loadProperties(path, base)
  const id = properties.get('node.id')
  // Of the two names of the id Kafka looks at the older one first.
  if (id !== undefined && parseJavaInt(id.trim()) === null) {
    throw configError(`Invalid value ${id} for configuration broker.id: Not a number of type INT`)
  }
  for (const name of REQUIRED) {
    if (!properties.has(name)) {
      throw configError(`Missing required configuration "${name}" which has no default value.`)
    }
  }
  const list = (name: string): string[] => listOf(properties.get(name) ?? '')
  checkQuorum(properties.get('node.id')!.trim(), list)
  const logs = list('log.dirs').length > 0 ? list('log.dirs') : [properties.get('log.dir') ?? DEFAULT_DIRECTORY]
  const metadataDirectory = properties.get('metadata.log.dir') || logs[0]!
  return {
    nodeId: idOf(properties.get('node.id')!),
    roles: list('process.roles'),
    directories: [...new Set([...logs, metadataDirectory])].sort(),
    metadataDirectory,
    hasVoters: list('controller.quorum.voters').length > 0,
    controllerListeners: list('controller.listener.names'),
    listeners: new Map([...list('listeners'), ...list('advertised.listeners')].map(listenerOf)),
    path: (directory) => resolve(base, directory),
  }
}

/** Who has a role must say where the controllers are, and only they vote. @throws JavaError */
function checkQuorum(id: string, list: (name: string) => string[]): void {
  const voters = list('controller.quorum.voters').map((voter) => voter.split('@')[0]!)
  if (voters.length === 0 && list('controller.quorum.bootstrap.servers').length === 0) {
    throw configError(
      'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.',
    )
  }
  if (list('process.roles').join() === 'broker' && voters.includes(id)) {
    throw new JavaError(
      'java.lang.IllegalArgumentException',
      `requirement failed: If process.roles contains just the 'broker' role, the node id ${id} must not be included in the set of voters controller.quorum.voters=Set(${voters.join(', ')})`,
    )
  }
}

function idOf(text: string): number {
  const id = Number(text)
  if (id < 0) throw configError(`Invalid value ${id} for configuration node.id: Value must be at least 0`)
  return id
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function listenerOf(text: string): [string, { host: string; port: number }] {
  const match = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$/.exec(text)
  if (match === null) throw configError(`Unable to parse ${text} to a broker endpoint`)
  return [match[1]!.toUpperCase(), { host: match[2]!, port: Number(match[3]) }]
}

function configError(message: string): JavaError {
  return new JavaError('org.apache.kafka.common.config.ConfigException', message)
}
