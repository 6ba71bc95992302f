import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { Peer } from '../../src/net/peer.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { Heartbeat } from '../../src/protocol/messages/heartbeat.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { ListGroups } from '../../src/protocol/messages/list-groups.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { SyncGroup } from '../../src/protocol/messages/sync-group.js'
import { joining } from '../support/group-clients.js'
import { prepared } from '../support/group-talk.js'

const TOPICS = [{ name: 'orders', partitions: 100 }]
let broker: TestBroker
const peers: Peer[] = []

async function connect(): Promise<Peer> {
  const { host, port } = broker
  const peer = await Peer.connect({ host, port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 })
  peers.push(peer)
  return peer
}

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close()
  await broker.close()
})

/** As clients do: the coordinator may still be loading. */
async function patiently<Answer extends { readonly errorCode: number }>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (answer.errorCode !== 14 && answer.errorCode !== 16) return answer
  }
}

async function offsets(peer: Peer, groupId: string): Promise<number[]> {
  const { topics } = await patiently(() => peer.call(OffsetFetch, 7, { groupId, topics: null }))
  return topics.flatMap(({ partitions }) => partitions.map(({ committedOffset }) => committedOffset))
}

describe.each(['close', 'kill'] as const)('after %s and restart', (end) => {
  test('members keep their place, and groups their offsets and generations', async () => {
    broker = await startBroker({ settings: { 'offsets.topic.num.partitions': 5 } })
    await prepared(broker.port, TOPICS)
    let peer = await connect()
    const request = joining('g', { groupInstanceId: 'one' })
    const { memberId, generationId } = await peer.call(JoinGroup, 9, request)
    const who = { groupId: 'g', memberId, generationId }
    const assignments = [{ memberId, assignment: Buffer.from('all') }]
    const agreed = { protocolType: 'consumer', protocolName: 'range' }
    expect((await peer.call(SyncGroup, 5, { ...who, ...agreed, assignments })).errorCode).toBe(0)
    const committing = { groupId: 'g', memberId, generationIdOrMemberEpoch: generationId }
    for (let offset = 0; offset < 10; offset++) {
      const partitions = [{ partitionIndex: 3, committedOffset: offset, committedMetadata: 'so far' }]
      await peer.call(OffsetCommit, 9, { ...committing, topics: [{ name: 'orders', partitions }] })
    }
    if (end === 'kill') await broker.kill()
    await broker.restart()
    peer = await connect()
    expect(await patiently(() => peer.call(SyncGroup, 5, { ...who, ...agreed, assignments: [] }))).toMatchObject({
      errorCode: 0,
      ...agreed,
      assignment: Buffer.from('all'),
    })
    expect((await peer.call(Heartbeat, 4, who)).errorCode).toBe(0)
    const topics = [{ name: 'orders', partitionIndexes: [3] }]
    const { groups } = await peer.call(OffsetFetch, 9, { groups: [{ groupId: 'g', topics }] })
    expect(groups[0]!.topics[0]!.partitions[0]).toMatchObject({ committedOffset: 9, metadata: 'so far', errorCode: 0 })
    const again = await peer.call(JoinGroup, 8, { ...request, memberId })
    expect(again).toMatchObject({ errorCode: 0, generationId: generationId + 1, memberId, leader: memberId })
  })

  test('every offset is there of every group that was told so', async () => {
    broker = await startBroker()
    await prepared(broker.port, TOPICS)
    const committers = await Promise.all(Array.from({ length: 8 }, connect))
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, i) => {
        const partitions = Array.from({ length: 10 }, (_, at) => ({
          partitionIndex: (i + at * 10) % 100,
          committedOffset: i,
          committedMetadata: '',
        }))
        const request = { groupId: `group-${i % 200}`, memberId: '', topics: [{ name: 'orders', partitions }] }
        return committers[i % 8]!.call(OffsetCommit, 8, request)
      }),
    )
    expect(new Set(answers.flatMap(({ topics }) => topics[0]!.partitions.map(({ errorCode }) => errorCode)))).toEqual(
      new Set([0]),
    )
    if (end === 'kill') await broker.kill()
    await broker.restart()
    const peer = await connect()
    for (let i = 0; i < 200; i++) expect(await offsets(peer, `group-${i}`)).toEqual(Array(10).fill(i + 200))
    const { groups } = await patiently(() => peer.call(ListGroups, 5, {}))
    expect(groups).toHaveLength(200)
    expect(new Set(groups.map(({ groupState, protocolType }) => groupState + protocolType))).toEqual(new Set(['Empty']))
  })
})

test('the topic behind it is made when a coordinator is first looked for', async () => {
  broker = await startBroker()
  const peer = await connect()
  expect((await peer.call(JoinGroup, 5, joining('g'))).errorCode).toBe(16)
  const found = await Promise.all([0, 3].map((version) => peer.call(FindCoordinator, version, { key: 'g' })))
  for (const answer of found) {
    expect(answer).toMatchObject({ errorCode: 0, nodeId: 0, host: '127.0.0.1', port: broker.port })
  }
  expect((await patiently(() => peer.call(JoinGroup, 5, joining('g')))).errorCode).toBe(79)
})
