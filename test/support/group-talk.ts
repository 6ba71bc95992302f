import { systemClock } from '../../src/base/clock.js'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import { Peer } from '../../src/net/peer.js'
import { readResponse, writeRequest } from '../../src/protocol/codec.js'
import { readResponseHeader, writeRequestHeader } from '../../src/protocol/header.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { DescribeGroups } from '../../src/protocol/messages/describe-groups.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import { RawClient } from './raw-client.js'

/** A topic that a conversation speaks of; its id is the broker's choice. */
export interface TalkTopic {
  readonly name: string
  readonly partitions: number
  readonly id: string
}

/** One frame of a conversation, without its length; `on` names the connection. An answer of null is a closed connection. */
export type TalkLine =
  | { readonly until: string; readonly state: string; readonly member: string }
  | { readonly on: string; readonly api: string; readonly version: number; readonly request: string }
  | { readonly on: string; readonly api: string; readonly version: number; readonly answer: string | null }

interface Asked {
  readonly api: Api
  readonly version: number
}

/** Speaks with a broker over named connections, and keeps every frame. */
export class Talk {
  readonly lines: TalkLine[] = []
  readonly #clients = new Map<string, RawClient>()
  readonly #asked = new Map<string, Asked[]>()
  #correlationId = 0

  constructor(
    readonly port: number,
    readonly topics: readonly TalkTopic[],
  ) {}

  topicId(name: string): string {
    return this.topics.find((topic) => topic.name === name)!.id
  }

  async ask<A extends Api>(on: string, api: A, version: number, request: WriteRequest<A>): Promise<ReadResponse<A>> {
    await this.send(on, api, version, request)
    return this.answer(on, api)
  }

  async send<A extends Api>(on: string, api: A, version: number, request: WriteRequest<A>): Promise<void> {
    const writer = new Writer()
    writeRequestHeader(writer, api, { version, correlationId: ++this.#correlationId, clientId: `client-${on}` })
    writeRequest(api, version, writer, request)
    const frame = writer.toBuffer()
    this.lines.push({ on, api: api.name, version, request: frame.toString('hex') })
    const client = await this.#client(on)
    client.sendFrame(frame)
    this.#asked.set(on, [...(this.#asked.get(on) ?? []), { api, version }])
  }

  /** The answer to the oldest request of the connection that has none yet. */
  async answer<A extends Api>(on: string, _api: A): Promise<ReadResponse<A>> {
    const { api, version } = this.#asked.get(on)!.shift()!
    const frame = await (await this.#client(on)).frame()
    this.lines.push({ on, api: api.name, version, answer: frame?.toString('hex') ?? null })
    if (frame === null) throw new Error(`${api.name} version ${version} closed the connection`)
    return decoded(api, version, frame) as ReadResponse<A>
  }

  /** Until the group is in this state and has this member: so that a parked request has come before the next one is sent. */
  async until(groupId: string, state: string, member: string): Promise<void> {
    this.lines.push({ until: groupId, state, member })
    await groupIs(this.port, { until: groupId, state, member })
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy()
  }

  async #client(on: string): Promise<RawClient> {
    const known = this.#clients.get(on)
    if (known !== undefined) return known
    const client = await RawClient.connect(this.port)
    this.#clients.set(on, client)
    return client
  }
}

export function decoded(api: Api, version: number, frame: Buffer): unknown {
  const reader = new Reader(frame)
  readResponseHeader(reader, api, version)
  return readResponse(api, version, reader)
}

/** Makes the topics of a conversation, and waits until the broker knows them and coordinates groups. */
export async function prepared(
  port: number,
  asked: readonly { name: string; partitions: number }[],
): Promise<TalkTopic[]> {
  const peer = await setUp(port)
  try {
    const topics = asked.map(({ name, partitions }) => ({
      name,
      numPartitions: partitions,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    }))
    const made = await peer.call(CreateTopics, 7, { topics, timeoutMs: 10_000, validateOnly: false })
    await until(async () => {
      const wanted = topics.map(({ name }) => ({ topicId: 'AAAAAAAAAAAAAAAAAAAAAA', name }))
      const { topics: seen } = await peer.call(Metadata, 12, { topics: wanted, allowAutoTopicCreation: false })
      return seen.every(({ errorCode }) => errorCode === 0)
    })
    await until(async () => (await peer.call(FindCoordinator, 3, { key: 'any', keyType: 0 })).errorCode === 0)
    for (const groupId of Array.from({ length: 100 }, (_, i) => `g${i}`)) {
      await until(async () => (await peer.call(OffsetFetch, 7, { groupId, topics: [] })).errorCode === 0)
    }
    const ids = new Map(made.topics.map(({ name, topicId }) => [name, topicId]))
    return asked.map(({ name, partitions }) => ({ name, partitions, id: ids.get(name)! }))
  } finally {
    peer.close()
  }
}

export async function groupIs(
  port: number,
  { until: groupId, state, member }: { readonly until: string; readonly state: string; readonly member: string },
): Promise<void> {
  const peer = await setUp(port)
  try {
    await until(async () => {
      const [group] = (await peer.call(DescribeGroups, 5, { groups: [groupId] })).groups
      return group?.groupState === state && group.members.some(({ memberId }) => memberId === member)
    })
  } finally {
    peer.close()
  }
}

function setUp(port: number): Promise<Peer> {
  return Peer.connect({ host: '127.0.0.1', port, clientId: 'setup', clock: systemClock, connectTimeoutMs: 5000 })
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
}
