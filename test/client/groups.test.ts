import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeGroups } from '../../src/client/group-descriptions.js'
import { commitOffsets, deleteCommittedOffsets, fetchCommittedOffsets } from '../../src/client/group-offsets.js'
import { deleteGroups, listGroups } from '../../src/client/groups.js'
import { EARLIEST, LATEST, listOffsets } from '../../src/client/log-offsets.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { ConsumerGroupDescribe } from '../../src/protocol/messages/consumer-group-describe.js'
import { DeleteGroups } from '../../src/protocol/messages/delete-groups.js'
import { DescribeGroups } from '../../src/protocol/messages/describe-groups.js'
import { ListGroups } from '../../src/protocol/messages/list-groups.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { OffsetDelete } from '../../src/protocol/messages/offset-delete.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { ScriptedCluster } from '../support/scripted-client.js'

let cluster: ScriptedCluster
beforeEach(async () => {
  cluster = await ScriptedCluster.start()
})
afterEach(() => cluster.close())

const ALL = { states: [], types: [], protocolTypes: [] }

describe('groups', () => {
  const groups = [
    { groupId: 'a', protocolType: 'consumer', groupState: 'Stable', groupType: 'consumer' },
    { groupId: 'b', protocolType: '', groupState: 'Empty', groupType: 'classic' },
    { groupId: 'c', protocolType: 'connect', groupState: 'Stable', groupType: 'classic' },
  ]

  test('are listed with type and state, those of other programs left out on demand', async () => {
    cluster.broker.on(ListGroups, () => ({ errorCode: 0, groups }))
    const listed = await listGroups(cluster.client, { ...ALL, states: ['Stable'], protocolTypes: ['', 'consumer'] })
    expect(listed).toEqual([
      { id: 'a', protocolType: 'consumer', state: 'Stable', type: 'Consumer' },
      { id: 'b', protocolType: '', state: 'Empty', type: 'Classic' },
    ])
    expect(cluster.broker.asked.at(-1)?.request).toEqual({ statesFilter: ['Stable'], typesFilter: [] })
  })

  test('of a broker that knows no types are classic, and it is asked for none', async () => {
    cluster.broker.on(ListGroups, () => ({ errorCode: 0, groups }), { min: 0, max: 4 })
    expect(await listGroups(cluster.client, { ...ALL, types: ['Consumer'] })).toEqual([])
    expect(
      (await listGroups(cluster.client, { ...ALL, types: ['Classic'] })).map(({ id, type }) => [id, type]),
    ).toEqual([
      ['a', null],
      ['b', null],
      ['c', null],
    ])
  })

  test('cannot be chosen by state where the broker knows none', async () => {
    cluster.broker.on(ListGroups, () => ({ errorCode: 0, groups }), { min: 0, max: 3 })
    await expect(listGroups(cluster.client, { ...ALL, states: ['Stable'] })).rejects.toThrow(
      'The broker only supports ListGroups v3, but we need v4 or newer to request groups by states.',
    )
  })

  test('are listed when their coordinator has loaded them', async () => {
    const codes = [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, 0]
    cluster.broker.on(ListGroups, () => ({ errorCode: codes.shift() ?? 0, groups }))
    expect(await listGroups(cluster.client, ALL)).toHaveLength(3)
    expect(cluster.broker.timesAsked(ListGroups)).toBe(2)
  })

  test('are deleted one by one', async () => {
    cluster.broker.on(DeleteGroups, ({ groupsNames }) => ({
      results: groupsNames.map((groupId) => ({ groupId, errorCode: groupId === 'a' ? 0 : ErrorCode.NON_EMPTY_GROUP })),
    }))
    const results = await deleteGroups(cluster.client, ['a', 'b'])
    expect(results.get('a')).toBeNull()
    expect(results.get('b')).toMatchObject({
      message: 'The group is not empty.',
      javaClass: 'org.apache.kafka.common.errors.GroupNotEmptyException',
    })
  })
})

describe('a group', () => {
  const member = {
    memberId: 'alpha-1',
    groupInstanceId: null,
    clientId: 'alpha',
    clientHost: '/127.0.0.1',
    memberMetadata: Buffer.alloc(0),
    // Written by Kafka's range assignor: version 3, topic t with partitions 0 and 2, no user data.
    memberAssignment: Buffer.from(
      '0003 00000001 0001 74 00000002 00000000 00000002 ffffffff'.replaceAll(' ', ''),
      'hex',
    ),
  }
  const classic = {
    errorCode: 0,
    errorMessage: null,
    groupId: 'g',
    groupState: 'Stable',
    protocolType: 'consumer',
    protocolData: 'range',
    members: [member, { ...member, memberId: 'idle', memberAssignment: Buffer.alloc(0) }],
  }

  test('of the classic protocol is described with what its members own', async () => {
    cluster.broker.on(DescribeGroups, () => ({ groups: [classic] }))
    const group = (await describeGroups(cluster.client, ['g', 'g'])).get('g')
    expect(group).toMatchObject({
      type: 'Classic',
      state: 'Stable',
      assignor: 'range',
      coordinator: { id: 0, port: cluster.broker.port },
      epoch: null,
      members: [
        {
          id: 'alpha-1',
          host: '/127.0.0.1',
          assignment: [
            { topic: 't', partition: 0 },
            { topic: 't', partition: 2 },
          ],
        },
        { id: 'idle', assignment: [] },
      ],
    })
    expect(cluster.broker.timesAsked(DescribeGroups)).toBe(1)
  })

  test('of the classic protocol is found where the newer one is asked for first', async () => {
    cluster.broker
      .on(ConsumerGroupDescribe, () => ({ groups: [{ ...newer, errorCode: ErrorCode.GROUP_ID_NOT_FOUND }] }))
      .on(DescribeGroups, () => ({ groups: [classic] }))
    expect((await describeGroups(cluster.client, ['g'])).get('g')).toMatchObject({ type: 'Classic' })
  })

  const owned = (...partitions: number[]) => ({ topicPartitions: [{ topicId: ID, topicName: 't', partitions }] })
  const ID = 'i-RNknMASDeE9ET5PasmcQ'
  const newer = {
    errorCode: 0,
    errorMessage: null,
    groupId: 'g',
    groupState: 'Stable',
    groupEpoch: 4,
    assignmentEpoch: 3,
    assignorName: 'uniform',
    members: [
      {
        memberId: 'm',
        memberEpoch: 2,
        clientId: 'c',
        clientHost: '/h',
        subscribedTopicNames: ['t'],
        assignment: owned(1),
        targetAssignment: owned(1, 2),
        memberType: 0,
      },
    ],
  }

  test('of the consumer protocol is described with epochs and target', async () => {
    cluster.broker.on(ConsumerGroupDescribe, () => ({ groups: [newer] }))
    expect((await describeGroups(cluster.client, ['g'])).get('g')).toMatchObject({
      type: 'Consumer',
      epoch: 4,
      targetAssignmentEpoch: 3,
      members: [
        {
          epoch: 2,
          assignment: [{ topic: 't', partition: 1 }],
          targetAssignment: [
            { topic: 't', partition: 1 },
            { topic: 't', partition: 2 },
          ],
          isUpgraded: false,
        },
      ],
    })
  })

  test('that cannot be described has the broker’s words', async () => {
    cluster.broker.on(DescribeGroups, ({ groups: [groupId] }) => ({
      groups: [{ ...classic, groupId: groupId!, errorCode: 69, errorMessage: `Group ${groupId} not found.` }],
    }))
    expect((await describeGroups(cluster.client, ['nope'])).get('nope')).toMatchObject({
      message: 'Group nope not found.',
    })
  })

  test('of another program is none of a consumer', async () => {
    cluster.broker.on(DescribeGroups, () => ({ groups: [{ ...classic, protocolType: 'connect' }] }))
    expect((await describeGroups(cluster.client, ['g'])).get('g')).toMatchObject({
      message: 'GroupId g is not a consumer group (connect).',
    })
  })
})

describe('committed offsets', () => {
  const partitions = [
    { partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: 2, metadata: '', errorCode: 0 },
    { partitionIndex: 1, committedOffset: 6, committedLeaderEpoch: -1, metadata: '', errorCode: 0 },
    { partitionIndex: 2, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 },
    { partitionIndex: 3, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 3 },
  ]

  test.each([7, 9, 10])('are fetched by topic name with a broker that knows OffsetFetch v%i', async (max) => {
    const topics = [{ name: 't', partitions }]
    cluster.broker.on(
      OffsetFetch,
      (_, version) => (version < 8 ? { topics } : { groups: [{ groupId: 'g', topics, errorCode: 0 }] }),
      { min: 1, max },
    )
    expect([...(await fetchCommittedOffsets(cluster.client, 'g')).values()]).toEqual([
      { topic: 't', partition: 0, offset: 5, leaderEpoch: 2 },
      { topic: 't', partition: 1, offset: 6, leaderEpoch: null },
    ])
    expect(cluster.broker.asked.at(-1)?.version).toBe(Math.min(max, 9))
  })

  test('are committed as by nobody, again when the coordinator has moved', async () => {
    const codes = [ErrorCode.NOT_COORDINATOR, 0]
    cluster.broker.on(OffsetCommit, () => ({
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: codes.shift() ?? 0 }] }],
    }))
    await commitOffsets(cluster.client, 'g', [{ topic: 't', partition: 0, offset: 3 }])
    expect(cluster.broker.asked.at(-1)).toMatchObject({
      version: 9,
      request: {
        groupId: 'g',
        generationIdOrMemberEpoch: -1,
        memberId: '',
        topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 3, committedMetadata: '' }] }],
      },
    })
    expect(cluster.broker.timesAsked(OffsetCommit)).toBe(2)
    await commitOffsets(cluster.client, 'g', [])
    expect(cluster.broker.timesAsked(OffsetCommit)).toBe(2)
  })

  test('that are refused are named', async () => {
    const refused = [2, 1].map((partitionIndex) => ({
      partitionIndex,
      errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED,
    }))
    cluster.broker.on(OffsetCommit, () => ({ topics: [{ name: 't', partitions: refused }] }))
    await expect(commitOffsets(cluster.client, 'g', [{ topic: 't', partition: 1, offset: 3 }])).rejects.toThrow(
      'Failed altering group offsets for the following partitions: [t-1, t-2]',
    )
  })

  test('are deleted partition by partition', async () => {
    const partitions = [
      { partitionIndex: 0, errorCode: 0 },
      { partitionIndex: 1, errorCode: ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC },
    ]
    cluster.broker.on(OffsetDelete, () => ({ errorCode: 0, topics: [{ name: 't', partitions }] }))
    const asked = [0, 1].map((partition) => ({ topic: 't', partition }))
    const results = await deleteCommittedOffsets(cluster.client, 'g', asked)
    expect(results.get('t-0')).toBeNull()
    expect(results.get('t-1')).toMatchObject({ code: ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC })
  })
})

describe('the ends of logs', () => {
  const led = (leaderId: number) => ({
    brokers: [{ nodeId: 0, host: '127.0.0.1', port: cluster.broker.port }],
    controllerId: 0,
    topics: [
      {
        errorCode: 0,
        name: 't',
        topicId: 'i-RNknMASDeE9ET5PasmcQ',
        partitions: [{ errorCode: 0, partitionIndex: 0, leaderId, replicaNodes: [0], isrNodes: [0] }],
      },
    ],
  })
  const offsets = (errorCode: number, offset: number) => ({
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode, timestamp: -1, offset, leaderEpoch: 0 }] }],
  })

  test('are asked of the leader, which may come late or have just moved', async () => {
    const leaders = [-1, 0, 0]
    const answers = [offsets(ErrorCode.NOT_LEADER_OR_FOLLOWER, -1), offsets(0, 42)]
    cluster.broker.on(Metadata, ({ topics }) => led(topics?.length === 0 ? 0 : (leaders.shift() ?? 0)))
    cluster.broker.on(ListOffsets, () => answers.shift() ?? offsets(0, 42))
    const found = await listOffsets(cluster.client, [{ topic: 't', partition: 0, timestamp: LATEST }])
    expect(found.get('t-0')).toMatchObject({ offset: 42 })
    expect(cluster.broker.timesAsked(ListOffsets)).toBe(2)
  })

  test('are none where no record is that young', async () => {
    cluster.broker.on(Metadata, () => led(0)).on(ListOffsets, () => offsets(0, -1))
    const found = await listOffsets(cluster.client, [{ topic: 't', partition: 0, timestamp: 5 }])
    expect(found.get('t-0')).toMatchObject({ offset: null })
  })

  test.each([
    [3, 'Failed to fetch metadata for partition t-0 because metadata for topic `t` could not be found'],
    [17, 'Failed to fetch metadata for partition t-0 due to invalid topic `t`'],
  ])('are not waited for where the topic has error %i', async (errorCode, message) => {
    cluster.broker.on(Metadata, () => ({ ...led(0), topics: [{ ...led(0).topics[0]!, errorCode }] }))
    const call = listOffsets(cluster.client, [{ topic: 't', partition: 0, timestamp: EARLIEST }])
    await expect(call).rejects.toThrow(message)
  })
})
