import { resolve } from 'node:path'
import { brokerConfigs } from '../../protocol/configs/broker.js'
import { parseConfig } from '../../protocol/configs/parse.js'
import { JavaError } from '../java-error.js'
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

/** @throws JavaError with Kafka's text. */
export function readNodeFile(path: string, base: string): NodeFile {
  const properties = loadProperties(path, base)
  checkValues(properties)
  const list = (name: string): string[] => listOf(properties.get(name) ?? '')
  const nodeId = Number(properties.get('node.id'))
  checkRoles(nodeId, list)
  const logs = list('log.dirs').length > 0 ? list('log.dirs') : [properties.get('log.dir') ?? DEFAULT_DIRECTORY]
  const metadataDirectory = properties.get('metadata.log.dir') || logs[0]!
  return {
    nodeId,
    roles: list('process.roles'),
    directories: [...new Set([...logs, metadataDirectory])].sort(),
    metadataDirectory,
    hasVoters: list('controller.quorum.voters').length > 0,
    controllerListeners: list('controller.listener.names'),
    listeners: new Map([...list('listeners'), ...list('advertised.listeners')].map(listenerOf)),
    path: (directory) => resolve(base, directory),
  }
}

/** Every value by its own rule. @throws JavaError for the first that is wrong, or missing. */
function checkValues(properties: ReadonlyMap<string, string>): void {
  // The older name of the id stands for the newer one, and is looked at first.
  const id = properties.get('broker.id') ?? properties.get('node.id')
  const older = brokerConfigs.get('broker.id')!
  for (const definition of [older, ...brokerConfigs.values()]) {
    const text = definition === older ? id : properties.get(definition.name)
    if (text === undefined) {
      if (!definition.required) continue
      throw configError(`Missing required configuration "${definition.name}" which has no default value.`)
    }
    const parsed = parseConfig(definition, text)
    if (!parsed.ok) throw configError(parsed.message)
  }
}

/** Who has a role must say where the controllers are, and controllers vote where the voters are listed. @throws JavaError */
function checkRoles(id: number, list: (name: string) => string[]): void {
  const voters = list('controller.quorum.voters').map((voter) => Number(voter.split('@')[0]))
  if (voters.length === 0 && list('controller.quorum.bootstrap.servers').length === 0) {
    throw configError(
      'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.',
    )
  }
  const roles = list('process.roles')
  const isController = roles.includes('controller')
  const among = `in the set of voters controller.quorum.voters=Set(${voters.join(', ')})`
  if (!isController && voters.includes(id)) {
    throw requirement(
      `If process.roles contains just the 'broker' role, the node id ${id} must not be included ${among}`,
    )
  }
  if (isController && voters.length > 0 && !voters.includes(id)) {
    throw requirement(`If process.roles contains the 'controller' role, the node id ${id} must be included ${among}`)
  }
  const listeners = list('listeners').map((listener) => listener.split('://')[0]!.toUpperCase())
  const own = list('controller.listener.names').map((name) => name.toUpperCase())
  if (isController && listeners.length > 0 && !own.some((name) => listeners.includes(name))) {
    throw requirement(
      "controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role",
    )
  }
}

function requirement(message: string): JavaError {
  return new JavaError('java.lang.IllegalArgumentException', `requirement failed: ${message}`)
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
