import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apis } from '../../src/protocol/apis.js'

const directory = join(import.meta.dirname, '../golden/wire')

/** Requests as real clients sent them, each without its length; one of each API, version and size. */
export function recordedFrames(): Buffer[] {
  const frames = new Map<string, Buffer>()
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.jsonl')))
    for (const line of readFileSync(join(directory, file), 'utf8').trim().split('\n')) {
      const { dir, hex, apiKey, apiVersion, len } = JSON.parse(line)
      if (dir === 'req') frames.set(`${apiKey} ${apiVersion} ${len}`, Buffer.from(hex, 'hex'))
    }
  return [...frames.values()]
}

/** The keys and versions that the frames of a mutation may be given. */
export const KEYS_AND_VERSIONS = apis.flatMap(({ key, minVersion, maxVersion }) =>
  Array.from({ length: maxVersion - minVersion + 1 }, (_, at) => [key, minVersion + at] as const),
)
