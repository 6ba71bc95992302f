import { randomUuid, type Uuid } from '../../bytes/uuid.js'
import type { KRaftVoter } from '../../records/control.js'
import { JavaError } from '../java-error.js'
import { parseUuid } from '../java-uuid.js'
import type { ToolIo } from '../tool.js'
import { FormatFailure } from './failure.js'
import type { NodeFile } from './node-file.js'

/** Of `kraft.version`, what every voter of today can do. */
const KRAFT_VERSIONS = { minSupportedVersion: 0, maxSupportedVersion: 1 } as const

/** This node alone, by its first controller listener. @throws FormatFailure */
export function standaloneVoter(node: NodeFile, io: ToolIo): KRaftVoter {
  if (!node.roles.includes('controller')) throw new FormatFailure('You can only use --standalone on a controller.')
  const name = node.controllerListeners[0]?.toUpperCase()
  const listener = name === undefined ? undefined : node.listeners.get(name)
  if (listener === undefined) throw new FormatFailure('No controller listeners found.')
  return voter(node.nodeId, randomUuid(io.random), name!, listener.host || 'localhost', listener.port)
}

/** `id@host:port:directory-id`, divided by commas; an IPv6 host in brackets. @throws JavaError with Kafka's text. */
export function parseVoters(text: string, node: NodeFile): KRaftVoter[] {
  const listener = (node.controllerListeners[0] ?? 'CONTROLLER').toUpperCase()
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (items.length === 0) throw illegal('No voters given.')
  const voters = items.map((item) => parseVoter(item, listener))
  const ids = voters.map(({ voterId }) => voterId)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw illegal(`Node id ${twice} was specified more than once.`)
  return voters.sort((a, b) => a.voterId - b.voterId)
}

function parseVoter(text: string, listener: string): KRaftVoter {
  const at = text.indexOf('@')
  if (at < 0) throw illegal('No @ found in dynamic voter string.')
  if (at === 0) throw illegal('Invalid @ at beginning of dynamic voter string.')
  const id = numberOf(text.slice(0, at), 'Failed to parse node id in dynamic voter string.')
  if (id < 0) throw illegal(`Invalid negative node id ${id} in dynamic voter string.`)
  const { host, rest } = hostOf(text.slice(at + 1))
  if (!rest.startsWith(':')) throw illegal('Port section must start with a colon.')
  const colon = rest.indexOf(':', 1)
  if (colon < 0) throw illegal('No colon following port could be found.')
  const port = numberOf(rest.slice(1, colon), 'Failed to parse port in dynamic voter string.')
  if (port < 0 || port > 65_535) throw illegal(`Invalid port ${port} in dynamic voter string.`)
  return voter(id, directoryId(rest.slice(colon + 1)), listener, host, port)
}

function hostOf(text: string): { host: string; rest: string } {
  if (text === '') throw illegal('No hostname found after node id.')
  if (text.startsWith('[')) {
    const end = text.indexOf(']')
    if (end < 0) throw illegal('Hostname began with left bracket, but no right bracket was found.')
    return { host: text.slice(1, end), rest: text.slice(end + 1) }
  }
  const colon = text.indexOf(':')
  if (colon < 0) throw illegal('No colon following hostname could be found.')
  return { host: text.slice(0, colon), rest: text.slice(colon) }
}

function numberOf(text: string, complaint: string): number {
  if (!/^[+-]?\d{1,10}$/.test(text)) throw illegal(complaint)
  return Number(text)
}

function directoryId(text: string): Uuid {
  try {
    return parseUuid(text)
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    throw illegal('Failed to parse directory ID in dynamic voter string.')
  }
}

function voter(voterId: number, voterDirectoryId: Uuid, name: string, host: string, port: number): KRaftVoter {
  return { voterId, voterDirectoryId, endpoints: [{ name, host, port }], kRaftVersionFeature: KRAFT_VERSIONS }
}

function illegal(message: string): JavaError {
  return new JavaError('java.lang.IllegalArgumentException', message)
}
