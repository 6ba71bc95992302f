import { MalformedBytes } from '../bytes/malformed.js'
import { replaceFile } from './atomic-file.js'
import type { Disk } from './disk.js'

const VERSION = 0

/**
 * Reads the lines of a checkpoint file, split at spaces; null when there is none, or an empty one: Apache Kafka makes those
 * before it has anything to write. @throws MalformedBytes
 */
export function readCheckpoint(disk: Disk, path: string): string[][] | null {
  const bytes = disk.readFile(path)
  return bytes === null || bytes.length === 0 ? null : parseCheckpoint(bytes.toString('utf8'), path)
}

/** Replaces a checkpoint file: a version, how many lines, the lines. */
export function writeCheckpoint(disk: Disk, path: string, lines: readonly string[], durable: boolean): void {
  const text = `${[VERSION, lines.length, ...lines].join('\n')}\n`
  replaceFile(disk, path, Buffer.from(text), durable)
}

function parseCheckpoint(text: string, path: string): string[][] {
  const [version, count, ...rest] = text.split('\n')
  if (version?.trim() !== String(VERSION)) throw new MalformedBytes(`${path} is of version ${version}`)
  // Cut inside its last number, a file would look complete.
  if (!text.endsWith('\n')) throw new MalformedBytes(`${path} is cut short`)
  const lines = rest.filter((line) => line !== '').map((line) => line.trim().split(/\s+/))
  if (!/^\d+$/.test(count?.trim() ?? '') || Number(count) !== lines.length)
    throw new MalformedBytes(`${path} says ${count} lines and has ${lines.length}`)
  return lines
}

/** One of the files that keep an offset per partition, e.g. `recovery-point-offset-checkpoint`. */
export class OffsetCheckpoint {
  constructor(
    readonly disk: Disk,
    readonly path: string,
  ) {}

  /** Offsets by `topic-partition`; empty when there is no file. @throws MalformedBytes */
  read(): Map<string, number> {
    const offsets = new Map<string, number>()
    for (const [topic, partition, offset, ...more] of readCheckpoint(this.disk, this.path) ?? []) {
      if (more.length > 0 || !/^\d+$/.test(partition ?? '') || !/^\d+$/.test(offset ?? ''))
        throw new MalformedBytes(`${this.path} has a line that is no partition and offset`)
      offsets.set(`${topic}-${partition}`, Number(offset))
    }
    return offsets
  }

  write(offsets: ReadonlyMap<string, number>, durable: boolean): void {
    const lines = Array.from(offsets, ([name, offset]) => {
      const dash = name.lastIndexOf('-')
      return `${name.slice(0, dash)} ${name.slice(dash + 1)} ${offset}`
    })
    writeCheckpoint(this.disk, this.path, lines, durable)
  }
}
