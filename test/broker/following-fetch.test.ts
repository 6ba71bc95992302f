import { afterEach, describe, expect, test } from 'vitest'
import type { IsrOutcome, IsrProposal } from '../../src/broker/isr-proposals.js'
import type { Peer } from '../../src/net/peer.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import type { WriteRequest } from '../../src/protocol/schema.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'

const EPOCH = 100
const NO_FETCH = { lastFetchedEpoch: -1, logStartOffset: 0, partitionMaxBytes: 1_000_000 }

let broker: DataPathBroker
let peer: Peer
const proposed: { proposal: IsrProposal; settle: (outcome: IsrOutcome) => void }[] = []

afterEach(() => broker.close())

async function start(settings: Record<string, string> = {}): Promise<void> {
  proposed.length = 0
  const proposals = {
    submit: (proposal: IsrProposal, settle: (outcome: IsrOutcome) => void) => void proposed.push({ proposal, settle }),
  }
  broker = await DataPathBroker.start({ settings, proposals })
  peer = await broker.peer()
  for (const id of [0, 1, 2]) broker.registerBroker(id, EPOCH + id, `rack-${id}`)
}

async function append(count: number): Promise<void> {
  const partition = broker.partitions.find('t', 0)!
  for (let i = 0; i < count; i++) {
    const records = [{ timestamp: broker.clock.now(), key: null, value: Buffer.from('v') }]
    expect(partition.append(buildBatch({ records }), { origin: 'client' })).toHaveProperty('baseOffset')
  }
  await partition.whenWritten()
}

type Asked = Partial<WriteRequest<typeof Fetch>['topics'][number]['partitions'][number]>

/** One partition of an answer to broker `id`; negative for a consumer. */
async function fetch(
  id: number,
  fetchOffset: number,
  o: { epoch?: number; rack?: string; waitMs?: number; asked?: Asked } = {},
) {
  const { epoch = EPOCH + id, rack = '', waitMs = 0, asked = {} } = o
  const { id: topicId } = broker.image.topic('t')!
  const partition = { ...NO_FETCH, partition: 0, currentLeaderEpoch: -1, fetchOffset, ...asked }
  const response = await peer.call(Fetch, 18, {
    replicaState: id < 0 ? { replicaId: -1, replicaEpoch: -1 } : { replicaId: id, replicaEpoch: epoch },
    ...{ maxWaitMs: waitMs, minBytes: 1, maxBytes: 1_000_000, rackId: rack },
    topics: [{ topicId, partitions: [partition] }],
    forgottenTopicsData: [],
  })
  return response.responses[0]!.partitions[0]!
}

const isrOf = ({ proposal }: (typeof proposed)[number]): number[] => proposal.isr.map(({ brokerId }) => brokerId)

describe("a follower's fetch", () => {
  test('that has all that is committed makes its leader propose it, and the answer holds before the metadata does', async () => {
    await start()
    broker.createTopic('t', { replicas: [0, 1, 2], isr: [0, 1] })
    await append(3)
    await fetch(1, 3)
    await fetch(2, 2)
    expect(proposed).toEqual([])
    await fetch(2, 3)
    expect(proposed.map(isrOf)).toEqual([[0, 1, 2]])
    const partition = broker.partitions.find('t', 0)!
    expect(partition.isr).toEqual([0, 1])
    proposed[0]!.settle({ type: 'taken', isr: [0, 1, 2], partitionEpoch: 1, leaderRecoveryState: 0 })
    expect(partition.isr).toEqual([0, 1, 2])
    broker.apply({ type: 'PartitionChange', partitionId: 0, topicId: partition.topicId, isr: [0, 1, 2] })
    expect(partition.isr).toEqual([0, 1, 2])
    await append(1)
    await fetch(1, 4)
    expect(partition.highWatermark).toBe(3)
  })

  test('from before its broker was started again is refused (6), and counts for nothing', async () => {
    await start()
    broker.createTopic('t', { replicas: [0, 1], isr: [0] })
    broker.registerBroker(1, 500)
    expect(await fetch(1, 0)).toMatchObject({ errorCode: 6 })
    expect(proposed).toEqual([])
    expect(await fetch(1, 0, { epoch: 500 })).toMatchObject({ errorCode: 0 })
    expect(proposed.map(isrOf)).toEqual([[0, 1]])
  })

  test('is answered at once when it says that it does not know what is committed (KIP-1166), and waits otherwise', async () => {
    await start()
    broker.createTopic('t', { replicas: [0, 1], isr: [0, 1] })
    await append(2)
    await fetch(1, 2)
    expect(await fetch(1, 2, { waitMs: 1e6, asked: { highWatermark: 0 } })).toMatchObject({ highWatermark: 2 })
    const waiting = fetch(1, 2, { waitMs: 1e6, asked: { highWatermark: 2 } })
    const isAnswered = await Promise.race([waiting.then(() => true), new Promise((resolve) => setImmediate(resolve))])
    expect(isAnswered).toBeUndefined()
    await append(1)
    expect((await waiting).errorCode).toBe(0)
  })
})

describe('a consumer in the rack of a follower', () => {
  const SELECTOR = { 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' }

  test('is sent there, without records, while the follower is in sync and has what is asked for', async () => {
    await start(SELECTOR)
    broker.createTopic('t', { replicas: [0, 1, 2], isr: [0, 1] })
    await append(2)
    expect(await fetch(-1, 0, { rack: 'rack-1' })).toMatchObject({ preferredReadReplica: -1 })
    await fetch(1, 2)
    await fetch(2, 2)
    const sent = await fetch(-1, 0, { rack: 'rack-1', waitMs: 1e6 })
    expect(sent).toMatchObject({ errorCode: 0, preferredReadReplica: 1, highWatermark: 2 })
    expect(sent.records).toHaveLength(0)
    for (const rack of ['', 'rack-0', 'rack-2', 'elsewhere'])
      expect(await fetch(-1, 0, { rack })).toMatchObject({ preferredReadReplica: -1 })
  })

  test('stays with the leader without replica.selector.class', async () => {
    await start()
    broker.createTopic('t', { replicas: [0, 1], isr: [0, 1] })
    await append(1)
    await fetch(1, 1)
    expect(await fetch(-1, 0, { rack: 'rack-1' })).toMatchObject({ preferredReadReplica: -1 })
  })

  test('stays with the leader when the follower is fenced', async () => {
    await start(SELECTOR)
    broker.createTopic('t', { replicas: [0, 1], isr: [0, 1] })
    await append(1)
    await fetch(1, 1)
    broker.apply({ type: 'BrokerRegistrationChange', brokerId: 1, brokerEpoch: EPOCH + 1, fenced: 1 })
    expect(await fetch(-1, 0, { rack: 'rack-1' })).toMatchObject({ preferredReadReplica: -1 })
  })

  test('reads at the follower what that knows to be committed', async () => {
    await start()
    broker.createTopic('t', { replicas: [1, 0], leader: 1 })
    const partition = broker.partitions.find('t', 0)!
    const batches = [0, 1].map((baseOffset) =>
      buildBatch({ baseOffset, leaderEpoch: 0, records: [{ timestamp: 0, key: null, value: Buffer.from('v') }] }),
    )
    partition.appendFromLeader(Buffer.concat(batches))
    partition.learn(1, 0)
    const read = await fetch(-1, 0)
    expect(read).toMatchObject({ errorCode: 0, highWatermark: 1 })
    expect(read.records).toHaveLength(batches[0]!.length)
    const waiting = fetch(-1, 1, { waitMs: 1e6 })
    partition.learn(2, 0)
    expect((await waiting).records).toHaveLength(batches[1]!.length)
    expect(await fetch(-1, 3)).toMatchObject({ errorCode: 1 })
  })
})

test('a follower that falls behind is proposed to go, once', async () => {
  await start({ 'replica.lag.time.max.ms': '1' })
  broker.createTopic('t', { replicas: [0, 1, 2] })
  await append(1)
  const partition = broker.partitions.find('t', 0)!
  const sinceMs = broker.clock.monotonicMs()
  while (broker.clock.monotonicMs() < sinceMs + 3) await new Promise((resolve) => setImmediate(resolve))
  await fetch(1, 1)
  expect(partition.shrinkIsr()).toEqual([2])
  expect(partition.shrinkIsr()).toEqual([])
  expect(proposed.map(isrOf)).toEqual([[0, 1]])
})
