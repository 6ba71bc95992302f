import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../golden/wire')

/** One frame that went over the wire, without its length. */
export interface Frame {
  readonly direction: 'req' | 'res'
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  readonly bytes: Buffer
}

export const recordings: readonly string[] = readdirSync(root)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.replace('.jsonl', ''))

export function framesOf(recording: string): Frame[] {
  return readFileSync(join(root, `${recording}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ dir }) => dir === 'req' || dir === 'res')
    .map(({ dir, hex, ...rest }) => ({ ...rest, direction: dir, bytes: Buffer.from(hex, 'hex') }))
}

/** One frame for each API, version and direction: the longest. */
export function typicalFrames(): Frame[] {
  const longest = new Map<string, Frame>()
  for (const frame of recordings.flatMap(framesOf)) {
    const key = `${frame.direction} ${frame.apiKey} ${frame.apiVersion}`
    const known = longest.get(key)
    if (!known || known.bytes.length < frame.bytes.length) longest.set(key, frame)
  }
  return [...longest.values()]
}
