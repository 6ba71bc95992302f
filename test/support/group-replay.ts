import { readFileSync } from 'node:fs'
import { apis } from '../../src/protocol/apis.js'
import { recordingPath } from './group-recording.js'
import { decoded, groupIs, type TalkLine, type TalkTopic } from './group-talk.js'
import { RawClient } from './raw-client.js'

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

export interface Recording {
  readonly port: number
  readonly topics: readonly TalkTopic[]
  readonly lines: readonly TalkLine[]
}

export function recordingOf(name: string): Recording {
  const [head, ...lines] = readFileSync(recordingPath(name), 'utf8').trim().split('\n')
  return { ...JSON.parse(head!), lines: lines.map((line) => JSON.parse(line)) }
}

/** What a broker answered: the bytes, and for a reader who looks for a difference what they say. */
export interface Heard {
  readonly step: string
  readonly says: unknown
  readonly bytes: string | null
}

/**
 * Sends the recorded requests to a broker whose topics have other ids and which draws other ids for members, and puts what was
 * recorded in the place of these: what is left must be the same.
 */
export async function replayed(
  { port: recordedPort, topics: recordedTopics, lines }: Recording,
  to: { readonly port: number; readonly topics: readonly TalkTopic[] },
): Promise<{ recorded: Heard[]; heard: Heard[] }> {
  const clients = new Map<string, RawClient>()
  const names = new Names()
  for (const [at, { id }] of recordedTopics.entries()) names.add(rawId(id), rawId(to.topics[at]!.id))
  const endpoints = new Names()
  endpoints.add(rawPort(recordedPort), rawPort(to.port))
  const recorded: Heard[] = []
  const heard: Heard[] = []
  try {
    for (const [at, line] of lines.entries()) {
      if ('until' in line) {
        await groupIs(to.port, { ...line, member: names.actual(line.member) })
        continue
      }
      const client = clients.get(line.on) ?? (await RawClient.connect(to.port))
      clients.set(line.on, client)
      if ('request' in line) client.sendFrame(Buffer.from(names.actual(text(line.request)), 'latin1'))
      else {
        const step = `line ${at + 2}: ${line.api} v${line.version} on ${line.on}`
        const answer = (await client.frame())?.toString('latin1') ?? null
        const then = line.answer === null ? null : text(line.answer)
        if (answer !== null && then !== null) names.learn(then, answer)
        const told = answer && (line.api === 'FindCoordinator' ? endpoints : names).recorded(answer)
        const isSame = told === then
        recorded.push(shown(step, line, then, isSame))
        heard.push(shown(step, line, told, isSame))
      }
    }
  } finally {
    for (const client of clients.values()) client.destroy()
  }
  return { recorded, heard }
}

/** What was called one thing then and is called another now; both of the same length. Texts have a character for a byte. */
class Names {
  readonly #pairs: [string, string][] = []

  add(then: string, now: string): void {
    if (!this.#pairs.some(([known]) => known === then)) this.#pairs.push([then, now])
  }

  /** Ids are drawn by the broker: those at the same place stand for one another. */
  learn(then: string, now: string): void {
    const drawn = now.match(UUID) ?? []
    for (const [at, id] of (then.match(UUID) ?? []).entries()) if (drawn[at] !== undefined) this.add(id, drawn[at])
  }

  actual(then: string): string {
    return this.#pairs.reduce((text, [from, to]) => text.replaceAll(from, to), then)
  }

  recorded(now: string): string {
    return this.#pairs.reduce((text, [to, from]) => text.replaceAll(from, to), now)
  }
}

/** Where the bytes differ, those of lists may come in another order: Kafka's is often that of a hash table. */
function shown(
  step: string,
  { api: name, version }: { api: string; version: number },
  bytes: string | null,
  isSame: boolean,
): Heard {
  if (bytes === null) return { step, says: 'closed', bytes }
  const frame = Buffer.from(bytes, 'latin1')
  const api = apis.find((known) => known.name === name)!
  const says = ordered(decoded(api, version, frame))
  return { step, says, bytes: isSame ? frame.toString('hex') : Buffer.from(frame).sort().toString('hex') }
}

function ordered(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex')
  if (Array.isArray(value)) return value.map(ordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, ordered(field)]))
}

function rawPort(port: number): string {
  return Buffer.from([0, 0, port >> 8, port & 255]).toString('latin1')
}

function text(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1')
}

function rawId(id: string): string {
  return Buffer.from(id, 'base64url').toString('latin1')
}
