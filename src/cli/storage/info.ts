import { systemDisk } from '../../storage/disk.js'
import { META_PROPERTIES_FILE } from '../../storage/meta-properties.js'
import type { DataFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { map, orNull, shape, texts } from '../data/shape.js'
import { parseProperties } from '../properties.js'
import type { ToolIo } from '../tool.js'
import type { NodeFile } from './node-file.js'

export const STORAGE_INFO = shape(
  'info',
  {
    directories: texts('those that are there'),
    metadata: orNull(map('what the first of them is marked with; null without one')),
    problems: texts('what is wrong; with any the exit code is 1'),
  },
  { isSingle: true },
)

/** Prints which directories there are, what they are marked with, and what is wrong. Returns the exit code. */
export async function printInfo(node: NodeFile, format: DataFormat | null, io: ToolIo): Promise<number> {
  const found: string[] = []
  const problems: string[] = []
  let metadata: ReadonlyMap<string, string> | null = null
  for (const directory of node.directories) {
    const path = node.path(directory)
    const stat = systemDisk.stat(path)
    if (stat?.isDirectory !== true) {
      problems.push(`${directory} ${stat === null ? 'does not exist' : 'is not a directory'}`)
      continue
    }
    found.push(directory)
    const bytes = systemDisk.readFile(`${path}/${META_PROPERTIES_FILE}`)
    if (bytes === null) problems.push(`${directory} is not formatted.`)
    else {
      const marks = parseProperties(bytes.toString('latin1'))
      if (metadata !== null) problems.push(...differences(metadata, marks))
      metadata ??= marks
    }
  }
  const exit = problems.length > 0 ? 1 : 0
  if (format !== null) {
    const marks = metadata === null ? null : Object.fromEntries<string>(metadata)
    await printData(io, format, STORAGE_INFO, [{ directories: found, metadata: marks, problems }])
    return exit
  }
  printList('Found log director', 'y:', 'ies:', found, io)
  if (metadata !== null) {
    const marks = [...metadata].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`)
    io.stdout.line(`Found metadata: {${marks.join(', ')}}\n`)
  }
  printList('Found problem', ':', 's:', problems, io)
  return exit
}

function differences(first: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  if (first.get('cluster.id') !== other.get('cluster.id'))
    return ['Mismatched cluster IDs between storage directories.']
  if (first.get('node.id') !== other.get('node.id')) return ['Mismatched node IDs between storage directories.']
  return []
}

function printList(title: string, one: string, several: string, items: readonly string[], io: ToolIo): void {
  if (items.length === 0) return
  io.stdout.line(title + (items.length === 1 ? one : several))
  for (const item of items) io.stdout.line(`  ${item}`)
  io.stdout.line('')
}
