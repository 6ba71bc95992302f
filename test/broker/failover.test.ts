import { afterEach, describe, expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/base/log.js'
import { AlterPartitionReassignments } from '../../src/protocol/messages/alter-partition-reassignments.js'
import { DeleteTopics } from '../../src/protocol/messages/delete-topics.js'
import { ElectLeaders } from '../../src/protocol/messages/elect-leaders.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { ListPartitionReassignments } from '../../src/protocol/messages/list-partition-reassignments.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { TestCluster } from '../support/cluster.js'
import { ClusterClient } from '../support/cluster-client.js'

let cluster: TestCluster
let client: ClusterClient
const lines: string[] = []
const keep = (line: string): void => void lines.push(line)
const log: Log = { ...silentLog, info: keep, warn: keep, error: keep, named: () => log }

async function start(settings: Record<string, string> = {}): Promise<void> {
  lines.length = 0
  cluster = await TestCluster.start(3, settings, log)
  client = new ClusterClient(cluster)
}

afterEach(async () => {
  client.close()
  await cluster.close()
})

const GROUP = 'watchers'

function coordinator(): Promise<number> {
  return client
    .until(async () => {
      try {
        const found = await (await client.peer(client.anyAlive())).call(FindCoordinator, 1, { key: GROUP, keyType: 0 })
        return found.errorCode === 0 && cluster.daemons[found.nodeId] !== null ? { id: found.nodeId } : null
      } catch {
        return null
      }
    })
    .then(({ id }) => id)
}

async function commit(committedOffset: number): Promise<void> {
  const partitions = [{ partitionIndex: 0, committedOffset, committedLeaderEpoch: -1, committedMetadata: '' }]
  const request = { groupId: GROUP, memberId: '', topics: [{ name: 't', partitions }] }
  await client.until(async () => {
    try {
      const answer = await (await client.peer(await coordinator())).call(OffsetCommit, 7, {
        ...request,
        generationIdOrMemberEpoch: -1,
      })
      return answer.topics[0]!.partitions[0]!.errorCode === 0 || null
    } catch {
      return null
    }
  })
}

function committed(): Promise<number> {
  return client
    .until(async () => {
      try {
        const topics = [{ name: 't', partitionIndexes: [0] }]
        const answer = await (await client.peer(await coordinator())).call(OffsetFetch, 7, { groupId: GROUP, topics })
        const partition = answer.topics[0]?.partitions[0]
        return answer.errorCode === 0 && partition?.errorCode === 0 ? { offset: partition.committedOffset } : null
      } catch {
        return null
      }
    })
    .then(({ offset }) => offset)
}

describe('when a broker goes', () => {
  test('its groups are looked after by another, with all that they have committed', async () => {
    await start()
    await client.create('t')
    await commit(41)
    const first = await coordinator()
    await cluster.kill(first)
    expect(await committed()).toBe(41)
    const second = await coordinator()
    expect(second).not.toBe(first)
    await commit(42)
    await cluster.startBroker(first)
    await cluster.stop(second)
    expect(await committed()).toBe(42)
  })

  test.each([
    ['at once where nobody has said how long it may be silent', {}, 'is gone: nobody listens where it did'],
    ['after broker.session.timeout.ms', { 'broker.session.timeout.ms': '700' }, 'has not been heard of for too long'],
  ])('its process with it, that is noticed %s', async (_, settings, why) => {
    await start(settings)
    await client.create('t', { replicas: [[0, 1, 2]] })
    await cluster.kill(0)
    expect(await client.leaderOf('t')).toBe(1)
    expect(lines.filter((line) => line.startsWith('Broker 0 ') && line.endsWith('it is fenced'))).toEqual([
      `Broker 0 ${why}; it is fenced`,
    ])
  })

  test('in order, it leads nothing any more before it is gone', async () => {
    await start()
    await client.create('t', { replicas: [[0, 1, 2]] })
    await client.send('t', 'a')
    await cluster.stop(0)
    const { leaderId, isrNodes } = await client.partition('t')
    expect(leaderId).toBe(1)
    expect(isrNodes).toEqual([1, 2])
    expect(await client.sendTo(1, 't', 'b')).toEqual({ errorCode: 0, baseOffset: 1 })
  })
})

describe('the last one that is left', () => {
  test('stops without waiting for a quorum that cannot come', async () => {
    await start()
    await client.create('t', { replicas: [[0, 1, 2]] })
    await Promise.all([cluster.kill(0), cluster.kill(1)])
    await cluster.stop(2)
    expect(lines).toContain('Going without handing over: the voters that are left are no quorum')
  })
})

describe('who leads', () => {
  test('is the preferred replica again when that is asked for', async () => {
    await start()
    await client.create('t', { replicas: [[0, 1, 2]] })
    await cluster.stop(0)
    await cluster.startBroker(0)
    await client.untilIsr('t', [0, 1, 2])
    expect((await client.partition('t')).leaderId).toBe(1)
    const asked = { electionType: 0, topicPartitions: [{ topic: 't', partitions: [0] }], timeoutMs: 10_000 }
    const answer = await (await client.peer(1)).call(ElectLeaders, 2, asked)
    expect(answer.replicaElectionResults[0]!.partitionResult[0]!.errorCode).toBe(0)
    expect((await client.partition('t', 0, 1)).leaderId).toBe(0)
  })

  test('is the preferred replica again after leader.imbalance.check.interval.seconds', async () => {
    await start({ 'leader.imbalance.check.interval.seconds': '1' })
    await client.create('t', { replicas: [[0, 1, 2]] })
    await cluster.stop(0)
    await cluster.startBroker(0)
    await client.until(async () => (await client.partition('t')).leaderId === 0 || null)
  })

  test('may be a replica that was not in sync, where the topic allows it: what was lost is said', async () => {
    await start({ 'replica.lag.time.max.ms': '400' })
    const configs = { 'unclean.leader.election.enable': 'true' }
    await client.create('t', { replicas: [[0, 1]], configs })
    await client.send('t', 'kept')
    await client.until(async () => (await client.values('t', 1)).length === 1 || null)
    cluster.daemon(1).controlled.node!.setFaults({ isPaused: false, lagMs: 1e9, cutFrom: [] })
    // A fetch that waits at the leader already is held no more.
    while ((await client.isr('t')).length === 2) await client.sendTo(0, 't', 'kept or lost', { timeoutMs: 2000 })
    await client.send('t', 'lost')
    await cluster.kill(0)
    expect(await client.leaderOf('t')).toBe(1)
    await client.until(async () => (await client.partition('t', 0, 1)).leaderId === 1 || null)
    const kept = await client.until(async () => client.values('t', 1).catch(() => null))
    expect(kept).not.toContain('lost')
    await cluster.startBroker(0)
    await client.untilIsr('t', [0, 1])
    const end = kept.length
    expect(lines.filter((line) => /^t-0 (is led|loses)/.test(line))).toEqual([
      `t-0 is led from here in epoch 1 although this replica was not in sync: what others acknowledged from offset ${end} on is lost`,
      expect.stringMatching(
        new RegExp(
          `^t-0 loses \\d+ records? from offset ${end} on, acknowledged or not: broker 1, which leads in epoch \\d`,
        ),
      ),
    ])
  })
})

describe('moving replicas', () => {
  test('the new ones catch up, and the old ones go', async () => {
    await start()
    await client.create('t', { replicas: [[0, 1]] })
    for (let i = 0; i < 20; i++) await client.send('t', `v${i}`)
    const reassign = { name: 't', partitions: [{ partitionIndex: 0, replicas: [2, 1] }] }
    const peer = await client.peer(0)
    const answer = await peer.call(AlterPartitionReassignments, 0, { timeoutMs: 10_000, topics: [reassign] })
    expect(answer.responses[0]!.partitions[0]!.errorCode).toBe(0)
    await client.until(async () => {
      const { topics } = await peer.call(ListPartitionReassignments, 0, { timeoutMs: 10_000, topics: null })
      return topics.length === 0 || null
    })
    await client.until(async () => (await client.partition('t')).replicaNodes.join() === '2,1' || null)
    const { replicaNodes, leaderId } = await client.partition('t')
    expect(replicaNodes).toEqual([2, 1])
    expect([1, 2]).toContain(leaderId)
    expect((await client.values('t', await client.leaderOf('t'))).length).toBe(20)
    const held = (id: number) => [...cluster.daemon(id).controlled.logs()].some(({ topic }) => topic === 't')
    await client.until(async () => (!held(0) && held(2)) || null)
  })

  test('a topic that is deleted goes from all brokers', async () => {
    await start()
    await client.create('t')
    await client.send('t', 'a')
    await (await client.peer(0)).call(DeleteTopics, 5, { topicNames: ['t'], timeoutMs: 10_000 })
    const isHeld = (id: number) => [...cluster.daemon(id).controlled.logs()].some(({ topic }) => topic === 't')
    await client.until(async () => [0, 1, 2].every((id) => !isHeld(id)) || null)
  })
})
