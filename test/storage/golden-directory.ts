import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MemoryDisk } from '../support/memory-disk.js'

const root = join(import.meta.dirname, '../golden/log')

/** Partition directories that Apache Kafka wrote, by their path below the recorded logs. */
export const GOLDEN_PARTITIONS: readonly string[] = [
  ...readdirSync(join(root, 'data'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `data/${entry.name}`),
  'compacted-before',
  'tombstones-before',
  'tombstones-after',
]

/** The files of a recorded directory by their names. */
export function goldenFiles(directory: string): Map<string, Buffer> {
  const entries = readdirSync(join(root, directory), { withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(entries.map(({ name }) => [name, readFileSync(join(root, directory, name))]))
}

export function putGolden(disk: MemoryDisk, directory: string, target: string): void {
  for (const [name, content] of goldenFiles(directory)) disk.put(`${target}/${name}`, content)
}

/** What Kafka's own tool prints of a directory: lines by file name; null where it was not recorded. */
export function goldenDump(directory: string): Map<string, string[]> | null {
  const name = `${directory.replace(/^data\//, '')}.json`
  if (!readdirSync(join(root, 'dump-all')).includes(name)) return null
  const dump = JSON.parse(readFileSync(join(root, 'dump-all', name), 'utf8')) as { files: Record<string, string[]> }
  return new Map(Object.entries(dump.files).map(([path, lines]) => [path.slice(directory.length + 1), lines]))
}

/** A number that a line of that tool gives a name, e.g. `lastOffset: 12`. */
export function dumped(line: string, name: string): number {
  const match = new RegExp(`(?:^| )${name}: (?:OptionalLong\\[)?(-?\\d+)`).exec(line)
  return match === null ? -1 : Number(match[1])
}
