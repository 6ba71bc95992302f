import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { systemRandom } from '../../../src/base/random.js'
import { ClusterClient } from '../../../src/client/cluster-client.js'
import { readConsumerConfig } from '../../../src/client/consumer/config.js'
import { GroupSource } from '../../../src/client/consumer/group-source.js'
import { assignmentBytes, readSubscription } from '../../../src/client/consumer/member-metadata.js'
import { Subscription } from '../../../src/client/consumer/subscription.js'
import { ErrorCode } from '../../../src/protocol/errors.js'
import { FindCoordinator } from '../../../src/protocol/messages/find-coordinator.js'
import { Heartbeat } from '../../../src/protocol/messages/heartbeat.js'
import { JoinGroup } from '../../../src/protocol/messages/join-group.js'
import { LeaveGroup } from '../../../src/protocol/messages/leave-group.js'
import { OffsetCommit } from '../../../src/protocol/messages/offset-commit.js'
import { OffsetFetch } from '../../../src/protocol/messages/offset-fetch.js'
import { SyncGroup } from '../../../src/protocol/messages/sync-group.js'
import type { ReadRequest } from '../../../src/protocol/schema.js'
import { buildBatch } from '../../../src/records/builder.js'
import { ScriptedBroker } from '../../support/scripted-broker.js'
import { leadTopic } from '../../support/scripted-topic.js'

const NEVER = new AbortController().signal
/** What the coordinator answers, in turn; when a list is empty, that all is well. */
interface Troubles {
  join: ErrorCode[]
  sync: ErrorCode[]
  heartbeat: ErrorCode[]
  commit: ErrorCode[]
}

let broker: ScriptedBroker
let source: GroupSource | null
let troubles: Troubles
let committed: number
/** What the member gets in turn; the last again and again. */
let shares: number[][]
beforeEach(async () => {
  broker = await ScriptedBroker.start()
  source = null
  committed = -1
  shares = [[0]]
  troubles = { join: [], sync: [], heartbeat: [], commit: [] }
  coordinate()
})
afterEach(async () => {
  await source?.close()
  await broker.close()
})

function coordinate(): void {
  leadTopic(broker, {
    start: 0,
    end: 1000,
    answer: (offset) => ({
      records: buildBatch({
        baseOffset: offset,
        leaderEpoch: 2,
        records: [{ timestamp: 1, key: null, value: Buffer.from(`v${offset}`) }],
      }),
    }),
  })
  const here = { errorCode: 0, errorMessage: null, nodeId: 0, host: '127.0.0.1', port: broker.port }
  let generationId = 0
  broker
    .on(FindCoordinator, ({ coordinatorKeys }) => ({
      ...here,
      coordinators: coordinatorKeys.map((key) => ({ ...here, key })),
    }))
    .on(JoinGroup, ({ memberId, protocols }) => {
      const errorCode = memberId === '' ? ErrorCode.MEMBER_ID_REQUIRED : (troubles.join.shift() ?? ErrorCode.NONE)
      const member = { memberId: memberId || 'me', metadata: protocols[0]!.metadata }
      if (errorCode === ErrorCode.NONE) generationId++
      return {
        errorCode,
        generationId,
        protocolName: 'range',
        leader: 'me',
        memberId: member.memberId,
        members: [member],
      }
    })
    .on(SyncGroup, () => ({
      errorCode: troubles.sync.shift() ?? ErrorCode.NONE,
      assignment: assignmentBytes(
        (shares.length > 1 ? shares.shift()! : shares[0]!).map((partition) => ({ topic: 't', partition })),
      ),
    }))
    .on(Heartbeat, () => ({ errorCode: troubles.heartbeat.shift() ?? ErrorCode.NONE }))
    .on(OffsetFetch, ({ groups }) => ({
      groups: groups.map(({ groupId }) => ({
        groupId,
        topics: [
          { name: 't', partitions: [{ partitionIndex: 0, committedOffset: committed, metadata: '', errorCode: 0 }] },
        ],
      })),
    }))
    .on(OffsetCommit, ({ topics }) => {
      const errorCode = troubles.commit.shift() ?? ErrorCode.NONE
      if (errorCode === ErrorCode.NONE) committed = topics[0]!.partitions[0]!.committedOffset
      return { topics: [{ name: 't', topicId: topics[0]!.topicId, partitions: [{ partitionIndex: 0, errorCode }] }] }
    })
    .on(LeaveGroup, () => ({ errorCode: 0, members: [] }))
}

async function open(settings: Record<string, string> = {}): Promise<GroupSource> {
  const properties = {
    'bootstrap.servers': broker.address,
    'group.id': 'g',
    'auto.offset.reset': 'earliest',
    'heartbeat.interval.ms': '20',
    'retry.backoff.ms': '1',
    ...settings,
  }
  const config = { ...readConsumerConfig(new Map(Object.entries(properties))), groupId: 'g' }
  const connect = () => ClusterClient.open({ config: config.client, clock: systemClock, random: systemRandom })
  const client = await connect()
  const subscription = new Subscription({ client, config, choice: { names: ['t'] }, onTopicIssues: () => {} })
  source = new GroupSource({
    client,
    joinClient: await connect(),
    config,
    subscription,
    random: systemRandom,
    onUnreachable: () => {},
  })
  return source
}

async function readOne(from: GroupSource): Promise<string> {
  const chunk = await from.poll(10_000, NEVER)
  for (const { value } of chunk!.records()) return String(value)
  return 'nothing'
}

const asked = (name: string): string[] => broker.asked.map((call) => call.name).filter((other) => other === name)

describe('a member of a group', () => {
  test('asks for its name first, joins with it, and reads from the rule without an offset', async () => {
    expect(await readOne(await open())).toBe('v0')
    expect(asked('JoinGroup')).toHaveLength(2)
  })

  test('reads from where the group stands', async () => {
    committed = 42
    expect(await readOne(await open())).toBe('v42')
  })

  test('commits what was taken when it ends, and says goodbye', async () => {
    const member = await open()
    await readOne(member)
    await readOne(member)
    await member.close()
    expect(committed).toBe(2)
    expect(broker.asked.at(-1)!.name).toBe('LeaveGroup')
  })

  test('commits now and then', async () => {
    const member = await open({ 'auto.commit.interval.ms': '30' })
    await readOne(member)
    await expect.poll(() => committed).toBe(1)
  })

  test('commits nothing where that is not wanted', async () => {
    const member = await open({ 'enable.auto.commit': 'false', 'auto.commit.interval.ms': '10' })
    await readOne(member)
    await member.close()
    expect(asked('OffsetCommit')).toEqual([])
  })

  test('does not say goodbye as a static member', async () => {
    const member = await open({ 'group.instance.id': 'one' })
    await readOne(member)
    await member.close()
    expect(asked('LeaveGroup')).toEqual([])
  })

  test('commits before it joins again, and goes on where it was', async () => {
    const member = await open()
    await readOne(member)
    troubles.heartbeat.push(ErrorCode.REBALANCE_IN_PROGRESS)
    await expect.poll(() => asked('JoinGroup').length).toBe(3)
    const calls = broker.asked.map(({ name }) => name)
    expect(calls.indexOf('OffsetCommit')).toBeLessThan(calls.lastIndexOf('JoinGroup'))
    expect(await readOne(member)).toBe('v1')
  })

  test('goes on where it was without commits too', async () => {
    const member = await open({ 'enable.auto.commit': 'false' })
    await readOne(member)
    troubles.heartbeat.push(ErrorCode.REBALANCE_IN_PROGRESS)
    await expect.poll(() => asked('JoinGroup').length).toBe(3)
    expect(await readOne(member)).toBe('v1')
  })

  test.each([
    ['UNKNOWN_MEMBER_ID', 4],
    ['ILLEGAL_GENERATION', 3],
  ] as const)('goes on where the group stands when it was thrown out: %s', async (error, joins) => {
    const member = await open()
    await readOne(member)
    committed = 7
    troubles.heartbeat.push(ErrorCode[error])
    await expect.poll(() => asked('JoinGroup').length).toBe(joins)
    expect(await readOne(member)).toBe('v7')
  })

  test.each([
    'NOT_COORDINATOR',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'COORDINATOR_NOT_AVAILABLE',
    'REBALANCE_IN_PROGRESS',
    'UNKNOWN_MEMBER_ID',
  ] as const)('tries to join again after %s', async (error) => {
    troubles.join.push(ErrorCode[error])
    expect(await readOne(await open())).toBe('v0')
  })

  test.each(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'NOT_COORDINATOR'] as const)(
    'joins again when its share is refused with %s',
    async (error) => {
      troubles.sync.push(ErrorCode[error])
      expect(await readOne(await open())).toBe('v0')
    },
  )

  test.each([
    ['GROUP_AUTHORIZATION_FAILED', 'Not authorized to access group: g'],
    ['GROUP_MAX_SIZE_REACHED', 'Consumer group g already has the configured maximum number of members.'],
    [
      'INCONSISTENT_GROUP_PROTOCOL',
      "The group member's supported protocols are incompatible with those of existing members",
    ],
    [
      'FENCED_INSTANCE_ID',
      'The broker rejected this static consumer since another consumer with the same group.instance.id has registered',
    ],
  ] as const)('fails on %s', async (error, message) => {
    troubles.join.push(ErrorCode[error])
    await expect((await open()).poll(10_000, NEVER)).rejects.toThrow(message)
  })

  test('takes a refused commit for no failure if it may pass', async () => {
    const member = await open({ 'auto.commit.interval.ms': '30' })
    troubles.commit.push(ErrorCode.REBALANCE_IN_PROGRESS, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
    await readOne(member)
    await expect.poll(() => committed).toBe(1)
  })
})

describe('a member of a group that cooperates', () => {
  const COOPERATES = {
    'partition.assignment.strategy': 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
  }
  /** What it said that it has, each time it joined. */
  const owned = (): string[][] =>
    broker.asked
      .filter(({ name }) => name === 'JoinGroup')
      .map(({ request }) => (request as ReadRequest<typeof JoinGroup>).protocols[0]!.metadata)
      .map((bytes) => readSubscription(bytes).owned.map(({ topic, partition }) => `${topic}-${partition}`))

  test('goes on reading what it has, and asks nobody where, when the group comes together again', async () => {
    const member = await open(COOPERATES)
    await readOne(member)
    troubles.heartbeat.push(ErrorCode.REBALANCE_IN_PROGRESS)
    await expect.poll(() => asked('SyncGroup').length).toBe(2)
    expect(await readOne(member)).toBe('v1')
    expect(owned()).toEqual([[], [], ['t-0']])
    expect(asked('OffsetFetch')).toHaveLength(1)
  })

  test('commits what it has to give up, and joins again at once, so that others get it', async () => {
    shares = [[0], []]
    const member = await open(COOPERATES)
    await readOne(member)
    troubles.heartbeat.push(ErrorCode.REBALANCE_IN_PROGRESS)
    await expect.poll(() => asked('SyncGroup').length).toBe(3)
    expect(owned()).toEqual([[], [], ['t-0'], []])
    expect(committed).toBe(1)
    expect(await member.poll(100, NEVER)).toBeNull()
  })

  test('has nothing left when the group does not know it any more', async () => {
    const member = await open(COOPERATES)
    await readOne(member)
    committed = 7
    troubles.heartbeat.push(ErrorCode.UNKNOWN_MEMBER_ID)
    await expect.poll(() => asked('SyncGroup').length).toBe(2)
    expect(owned().at(-1)).toEqual([])
    expect(await readOne(member)).toBe('v7')
  })
})
