import { UserError } from '../base/user-error.js'
import type { Uuid } from '../bytes/uuid.js'
import { replaceFile } from './atomic-file.js'
import type { Disk } from './disk.js'

export const META_PROPERTIES_FILE = 'meta.properties'

/** Who a log directory belongs to. */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  /** Null in directories that were formatted before Kafka 3.7 gave them ids. */
  readonly directoryId: Uuid | null
}

/** Null when the directory is not formatted. @throws UserError when the file cannot be understood. */
export function readMetaProperties(disk: Disk, directory: string): MetaProperties | null {
  const path = `${directory}/${META_PROPERTIES_FILE}`
  const bytes = disk.readFile(path)
  if (bytes === null) return null
  const values = parse(bytes.toString('latin1'))
  const version = values.get('version') ?? '0'
  const node = values.get('node.id') ?? values.get('broker.id')
  const clusterId = values.get('cluster.id')
  if (version !== '0' && version !== '1')
    throw new UserError(`${path} is of version ${version}, which is not known.`, 'Was it written by a later version?')
  if (clusterId === undefined || node === undefined || !/^\d+$/.test(node))
    throw new UserError(
      `${path} lacks cluster.id or node.id, or they are not valid.`,
      'Restore the file, or use another directory.',
    )
  return { clusterId, nodeId: Number(node), directoryId: values.get('directory.id') ?? null }
}

/** Marks a directory as this node's. `now` goes into the comment that Java's properties begin with. */
export function writeMetaProperties(disk: Disk, directory: string, properties: MetaProperties, now: number): void {
  const lines = [
    '#',
    `#${javaDate(now)}`,
    `node.id=${properties.nodeId}`,
    ...(properties.directoryId === null ? [] : [`directory.id=${properties.directoryId}`]),
    'version=1',
    `cluster.id=${properties.clusterId}`,
  ]
  replaceFile(disk, `${directory}/${META_PROPERTIES_FILE}`, Buffer.from(`${lines.join('\n')}\n`), true)
}

/**
 * Refuses directories that belong to another cluster or node, or that are copies of each other.
 * @throws UserError
 */
export function checkMetaProperties(
  found: ReadonlyMap<string, MetaProperties>,
  expected: { readonly clusterId: string | null; readonly nodeId: number },
): void {
  const byDirectoryId = new Map<Uuid, string>()
  let clusterId = expected.clusterId
  for (const [directory, properties] of found) {
    clusterId ??= properties.clusterId
    if (properties.clusterId !== clusterId)
      throw new UserError(
        `Invalid cluster.id in: ${directory}/${META_PROPERTIES_FILE}. Expected ${clusterId}, but read ${properties.clusterId}`,
        'The directory belongs to another cluster: use another log.dirs, or remove the directory to start empty.',
      )
    if (properties.nodeId !== expected.nodeId)
      throw new UserError(
        `Stored node id ${properties.nodeId} doesn't match previous node id ${expected.nodeId} in ${directory}/${META_PROPERTIES_FILE}`,
        'Set node.id to the stored one, or use another log.dirs.',
      )
    const twin = properties.directoryId === null ? undefined : byDirectoryId.get(properties.directoryId)
    if (twin !== undefined)
      throw new UserError(
        `Found duplicate directory.id ${properties.directoryId} in ${twin} and ${directory}.`,
        'One is a copy of the other: keep only one of them in log.dirs.',
      )
    if (properties.directoryId !== null) byDirectoryId.set(properties.directoryId, directory)
  }
}

/** As much of Java's properties format as is written here: comments, `key=value`, escapes. */
function parse(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = /^\s*([^#!=:\s][^=:\s]*)\s*[=:\s]\s*(.*)$/.exec(line)
    if (match !== null) values.set(match[1]!, match[2]!.replace(/\\(.)/g, '$1').trimEnd())
  }
  return values
}

/** E.g. `Sat Nov 21 02:34:13 UTC 2026`. */
function javaDate(ms: number): string {
  const [day, date, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${date} ${time} UTC ${year}`
}
