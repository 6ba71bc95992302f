import { resolve } from 'node:path'
import type { Uuid } from '../../bytes/uuid.js'
import type { ListenerEndpoint } from '../../client/quorum.js'
import { systemDisk } from '../../storage/disk.js'
import { readMetaProperties } from '../../storage/meta-properties.js'
import { JavaError } from '../java-error.js'
import { parseJavaInt } from '../java-number.js'

export interface ControllerFile {
  readonly id: number
  readonly directoryId: Uuid
  readonly endpoints: readonly ListenerEndpoint[]
}

type Properties = ReadonlyMap<string, string>

const ASKED = 'Is this a valid controller configuration file?'

/** What a controller's own settings, and its metadata directory, say about it. @throws JavaError */
export function readController(properties: Properties, directory: string): ControllerFile {
  const id = controllerId(properties)
  const metadata = metadataDirectory(properties)
  const directoryId = idOf(metadata, directory)
  return { id, directoryId, endpoints: controllerEndpoints(properties) }
}

function controllerId(properties: Properties): number {
  const text = properties.get('node.id')
  if (text === undefined) throw terse(`node.id not found in configuration file. ${ASKED}`)
  const id = parseJavaInt(text)
  if (id === null) throw new JavaError('java.lang.NumberFormatException', `For input string: "${text}"`)
  if (id < 0) throw terse(`node.id was negative in configuration file. ${ASKED}`)
  if (!(properties.get('process.roles') ?? '').includes('controller')) {
    throw terse(`process.roles did not contain 'controller' in configuration file. ${ASKED}`)
  }
  return id
}

function metadataDirectory(properties: Properties): string {
  const single = properties.get('metadata.log.dir')
  if (single !== undefined) return single
  const first = properties.get('log.dirs')?.split(',')[0]?.trim()
  if (first !== undefined && first !== '') return first
  throw terse(`Neither metadata.log.dir nor log.dirs were found. ${ASKED}`)
}

function idOf(metadata: string, directory: string): Uuid {
  const found = readMetaProperties(systemDisk, resolve(directory, metadata))
  if (found === null) throw terse(`Unable to read meta.properties from ${metadata}`)
  if (found.directoryId === null) throw terse(`No directory id found in ${metadata}`)
  return found.directoryId
}

/** Where others reach it: what it advertises, otherwise where it listens. */
function controllerEndpoints(properties: Properties): ListenerEndpoint[] {
  const known = new Map(
    [...endpointsIn(properties.get('listeners')), ...endpointsIn(properties.get('advertised.listeners'))].map(
      (endpoint) => [endpoint.listener, endpoint],
    ),
  )
  const names = properties.get('controller.listener.names')
  if (names === undefined) throw terse(`controller.listener.names was not found. ${ASKED}`)
  return names.split(',').map((name) => {
    const listener = name.trim().toUpperCase()
    const endpoint = known.get(listener)
    if (endpoint !== undefined) return { ...endpoint, host: endpoint.host || 'localhost' }
    throw terse(`Cannot find information about controller listener name: ${listener}`)
  })
}

function endpointsIn(list = ''): ListenerEndpoint[] {
  const items = list.split(',').map((item) => item.trim())
  return items
    .filter((item) => item !== '')
    .map((item) => {
      const match = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$/.exec(item)
      if (match !== null) return { listener: match[1]!.toUpperCase(), host: match[2]!, port: Number(match[3]) }
      throw new JavaError('org.apache.kafka.common.KafkaException', `Unable to parse ${item} to a broker endpoint`)
    })
}

function terse(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.TerseException', message)
}
