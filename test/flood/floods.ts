import { systemClock } from '../../src/base/clock.js'
import { Writer } from '../../src/bytes/writer.js'
import { Peer } from '../../src/net/peer.js'
import { writeRequest } from '../../src/protocol/codec.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { buildBatch } from '../../src/records/builder.js'
import { RawClient } from '../support/raw-client.js'

/** Something that comes in masses. `begin` returns when all of it has come, and gives a way to take back what can be. */
export interface Flood {
  readonly name: string
  readonly begin: (port: number, count: number) => Promise<() => void>
}

const FETCHED_BYTES = 4 * 1024 * 1024
/** No broker holds it for the future. */
const TIMESTAMP = 1_700_000_000_000
const CHUNK = 500
/** Less than wait to be accepted: `socket.listen.backlog.size` is 50, and who is turned away tries again a second later. */
const AT_ONCE = 40

export const FLOODS: readonly Flood[] = [
  { name: 'connections that say nothing', begin: (port, count) => connections(port, count, () => {}) },
  {
    name: 'connections that send half a length and then nothing',
    begin: (port, count) => connections(port, count, (client) => client.send('0000')),
  },
  {
    name: 'connections that promise 100 MB and send ten bytes',
    begin: (port, count) => connections(port, count, (client) => client.send('06000000 00010004000000010000')),
  },
  { name: 'connections that ask for 4 MB and never read', begin: neverReading },
  { name: 'topics', begin: topics },
  { name: 'groups with a commit each', begin: groups },
  { name: 'groups with a member that has joined each', begin: joiners },
  { name: 'members that want to be in one group', begin: members },
  { name: 'producer ids that have written to one partition', begin: producers },
  { name: 'transactional ids', begin: transactionalIds },
]

export function connectTo(port: number): Promise<Peer> {
  return Peer.connect({ host: '127.0.0.1', port, clientId: 'flood', clock: systemClock, connectTimeoutMs: 60_000 })
}

async function connections(port: number, count: number, say: (client: RawClient) => void): Promise<() => void> {
  const clients: RawClient[] = []
  for (let at = 0; at < count; at += AT_ONCE) {
    const some = await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, () => RawClient.connect(port)))
    for (const client of some) say(client)
    clients.push(...some)
  }
  return () => {
    for (const client of clients) client.reset()
  }
}

/** A Fetch of the largest size, from a topic that has it. */
async function neverReading(port: number, count: number): Promise<() => void> {
  const peer = await connectTo(port)
  await createTopic(peer, 'large')
  const value = Buffer.alloc(1_000_000, 'x')
  for (let at = 0; at < FETCHED_BYTES / value.length; at++) await send(peer, 'large', at, -1n, value)
  peer.close()
  return connections(port, count, (client) => {
    client.socket.pause()
    // Version 4, as often as the broker will take it.
    const topic = Buffer.from('large').toString('hex')
    const body = `ffffffff 00000001 00000001 03200000 00 00000001 0005${topic} 00000001 00000000 0000000000000000 03200000`
    for (let times = 0; times < 3; times++) client.sendFrame(`00010004 00000001 0000 ${body}`)
  })
}

async function topics(port: number, count: number): Promise<() => void> {
  const peer = await connectTo(port)
  for (let at = 0; at < count; at += CHUNK) {
    const names = Array.from({ length: Math.min(CHUNK, count - at) }, (_, i) => `flood-${at + i}`)
    const made = names.map((name) => ({ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }))
    const answer = await peer.call(CreateTopics, 7, { topics: made }, { timeoutMs: 120_000 })
    const failed = answer.topics.find(({ errorCode }) => errorCode !== 0)
    if (failed !== undefined) throw new Error(`${failed.name}: ${failed.errorMessage}`)
  }
  return () => peer.close()
}

async function groups(port: number, count: number): Promise<() => void> {
  const peer = await coordinated(port, 0, 'flood')
  await createTopic(peer, 'committed')
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }]
  await inChunks(count, async (at) => {
    const topics = [{ name: 'committed', partitions }]
    const request = { groupId: `flood-${at}`, generationIdOrMemberEpoch: -1, memberId: '', topics }
    const answer = await peer.call(OffsetCommit, 8, request, { timeoutMs: 120_000 })
    check(answer.topics[0]!.partitions[0]!.errorCode)
  })
  return () => peer.close()
}

async function joiners(port: number, count: number): Promise<() => void> {
  const peer = await coordinated(port, 0, 'flood')
  const protocols = [{ name: 'range', metadata: Buffer.alloc(100) }]
  const timeouts = { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000 }
  await inChunks(count, async (at) => {
    const request = { groupId: `joined-${at}`, ...timeouts, memberId: '', protocolType: 'consumer', protocols }
    // Version 3 lets a member in at once, without asking it to come again with a name.
    check((await peer.call(JoinGroup, 3, request, { timeoutMs: 120_000 })).errorCode)
  })
  return () => peer.close()
}

/** Each on a connection of its own, on which it waits for the others to come again. */
async function members(port: number, count: number): Promise<() => void> {
  ;(await coordinated(port, 0, 'crowd')).close()
  const protocols = [{ name: 'range', metadata: Buffer.alloc(100) }]
  const writer = new Writer()
  const timeouts = { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 30_000 }
  writeRequest(JoinGroup, 3, writer, {
    groupId: 'crowd',
    ...timeouts,
    memberId: '',
    protocolType: 'consumer',
    protocols,
  })
  const frame = Buffer.concat([Buffer.from('000b0003000000010000', 'hex'), ...writer.chunks()])
  return connections(port, count, (client) => client.sendFrame(frame))
}

async function producers(port: number, count: number): Promise<() => void> {
  const peer = await connectTo(port)
  await createTopic(peer, 'produced')
  const value = Buffer.from('x')
  await inChunks(count, (at) => send(peer, 'produced', 0, BigInt(1_000_000 + at), value))
  return () => peer.close()
}

async function transactionalIds(port: number, count: number): Promise<() => void> {
  const peer = await coordinated(port, 1, 'flood')
  await inChunks(count, async (at) => {
    const request = { transactionalId: `flood-${at}`, transactionTimeoutMs: 60_000 }
    check((await peer.call(InitProducerId, 4, request, { timeoutMs: 120_000 })).errorCode)
  })
  return () => peer.close()
}

async function inChunks(count: number, act: (at: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += CHUNK)
    await Promise.all(Array.from({ length: Math.min(CHUNK, count - first) }, (_, i) => act(first + i)))
}

export async function coordinated(port: number, keyType: number, key: string): Promise<Peer> {
  const peer = await connectTo(port)
  for (;;) {
    const { coordinators } = await peer.call(FindCoordinator, 4, { keyType, coordinatorKeys: [key] })
    if (coordinators[0]!.errorCode === 0) return peer
  }
}

export async function createTopic(peer: Peer, name: string): Promise<void> {
  const topics = [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  await peer.call(CreateTopics, 7, { topics })
}

async function send(peer: Peer, topic: string, baseSequence: number, producerId: bigint, value: Buffer): Promise<void> {
  const identity = producerId < 0n ? {} : { producerId, producerEpoch: 0, baseSequence }
  const records = buildBatch({ ...identity, records: [{ timestamp: TIMESTAMP, key: null, value }] })
  const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
  const answer = await peer.call(
    Produce,
    9,
    { transactionalId: null, acks: -1, timeoutMs: 60_000, topicData },
    { timeoutMs: 120_000 },
  )
  check(answer.responses[0]!.partitionResponses[0]!.errorCode)
}

function check(errorCode: number): void {
  if (errorCode !== 0) throw new Error(`refused with ${errorCode}`)
}
