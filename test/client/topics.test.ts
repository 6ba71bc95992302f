import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ZERO_UUID } from '../../src/bytes/uuid.js'
import { describeCluster, listReassignments } from '../../src/client/cluster.js'
import { describeConfigs, ResourceType } from '../../src/client/configs.js'
import { describeTopicById, describeTopics } from '../../src/client/topic-descriptions.js'
import { createPartitions, createTopic, deleteTopics, listTopics } from '../../src/client/topics.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { CreatePartitions } from '../../src/protocol/messages/create-partitions.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { DeleteTopics } from '../../src/protocol/messages/delete-topics.js'
import { DescribeCluster } from '../../src/protocol/messages/describe-cluster.js'
import { DescribeConfigs } from '../../src/protocol/messages/describe-configs.js'
import { DescribeTopicPartitions } from '../../src/protocol/messages/describe-topic-partitions.js'
import { ListPartitionReassignments } from '../../src/protocol/messages/list-partition-reassignments.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { ScriptedCluster } from '../support/scripted-client.js'

let cluster: ScriptedCluster
beforeEach(async () => {
  cluster = await ScriptedCluster.start()
})
afterEach(() => cluster.close())

const ID = 'i-RNknMASDeE9ET5PasmcQ'
const partition = (partitionIndex: number, leaderId = 0) => ({
  errorCode: 0,
  partitionIndex,
  leaderId,
  leaderEpoch: 3,
  replicaNodes: [0, 1],
  isrNodes: [0],
  offlineReplicas: [],
})
const topic = (name: string, ...partitions: ReturnType<typeof partition>[]) => ({
  errorCode: 0,
  name,
  topicId: ID,
  isInternal: false,
  partitions,
})
const metadataOf = (...topics: ReturnType<typeof topic>[]) => ({ brokers: [], controllerId: 0, topics })

describe('topics', () => {
  test.each([0, 1, 13])('are all asked for with Metadata v%i', async (max) => {
    cluster.broker.on(Metadata, () => metadataOf(topic('orders')), { min: 0, max })
    expect(await listTopics(cluster.client)).toMatchObject([{ name: 'orders', isInternal: false }])
    expect(cluster.broker.asked.at(-1)).toMatchObject({ version: max, request: { topics: null } })
  })

  test('are made by the controller, and refused in its words', async () => {
    const codes = [0, ErrorCode.TOPIC_ALREADY_EXISTS]
    cluster.broker.on(CreateTopics, ({ topics }) => ({
      topics: topics.map(({ name }) => ({ name, errorCode: codes.shift() ?? 0, errorMessage: `no ${name}` })),
    }))
    const wanted = { name: 'orders', partitionCount: -1, replicationFactor: -1, assignments: [[0, 1], [1]] }
    const configs = new Map([['retention.ms', '5']])
    await createTopic(cluster.client, { ...wanted, configs })
    expect(cluster.broker.asked.at(-1)?.request).toMatchObject({
      topics: [
        {
          name: 'orders',
          numPartitions: -1,
          replicationFactor: -1,
          assignments: [
            { partitionIndex: 0, brokerIds: [0, 1] },
            { partitionIndex: 1, brokerIds: [1] },
          ],
          configs: [{ name: 'retention.ms', value: '5' }],
        },
      ],
      validateOnly: false,
    })
    const again = createTopic(cluster.client, { ...wanted, configs })
    await expect(again).rejects.toMatchObject({ message: 'no orders', code: ErrorCode.TOPIC_ALREADY_EXISTS })
  })

  test('have the error’s own text where the controller has no words', async () => {
    cluster.broker.on(CreateTopics, () => ({ topics: [{ name: 'x', errorCode: 37, errorMessage: null }] }))
    const call = createTopic(cluster.client, {
      name: 'x',
      partitionCount: 0,
      replicationFactor: 1,
      assignments: [],
      configs: new Map(),
    })
    await expect(call).rejects.toThrow('Number of partitions is below 1.')
  })

  test('without a name are not even sent', async () => {
    const none = { name: '', partitionCount: 1, replicationFactor: 1, assignments: [], configs: new Map() }
    await expect(createTopic(cluster.client, none)).rejects.toThrow(
      "The given topic name '' cannot be represented in a request.",
    )
    expect(cluster.broker.asked).toEqual([])
    expect((await describeTopics(cluster.client, [''])).get('')).toMatchObject({
      code: ErrorCode.INVALID_TOPIC_EXCEPTION,
    })
  })

  test.each([
    [5, { topicNames: ['a', 'b'] }],
    [6, { topics: [{ name: 'a', topicId: ZERO_UUID }, { name: 'b' }] }],
  ])('are deleted by name with DeleteTopics v%i', async (max, request) => {
    const responses = [{ name: 'a', errorCode: 0, errorMessage: null }]
    cluster.broker.on(DeleteTopics, () => ({ responses }), { min: 1, max })
    await deleteTopics(cluster.client, ['a', 'b'])
    expect(cluster.broker.asked.at(-1)).toMatchObject({ version: max, request })
    await deleteTopics(cluster.client, [])
    expect(cluster.broker.timesAsked(DeleteTopics)).toBe(1)
  })

  test('get more partitions, placed by the controller or as told', async () => {
    cluster.broker.on(CreatePartitions, ({ topics }) => ({
      results: topics.map(({ name }) => ({ name, errorCode: 0, errorMessage: null })),
    }))
    await createPartitions(cluster.client, [
      { name: 'a', totalCount: 3, assignments: null },
      { name: 'b', totalCount: 2, assignments: [[1, 0]] },
    ])
    expect(cluster.broker.asked.at(-1)?.request).toMatchObject({
      topics: [
        { name: 'a', count: 3, assignments: null },
        { name: 'b', count: 2, assignments: [{ brokerIds: [1, 0] }] },
      ],
    })
  })
})

describe('a description', () => {
  test('is put together from several answers', async () => {
    const answers = [
      { topics: [topic('a', partition(0), partition(1))], nextCursor: { topicName: 'a', partitionIndex: 2 } },
      { topics: [topic('a', partition(2)), topic('b', partition(0, -1))], nextCursor: null },
    ]
    cluster.broker.on(DescribeTopicPartitions, () => answers.shift()!)
    const described = await describeTopics(cluster.client, ['b', 'a'], { partitionsPerAnswer: 2 })
    expect(described.get('a')).toMatchObject({ id: ID, partitions: [{ index: 0 }, { index: 1 }, { index: 2 }] })
    expect(described.get('b')).toMatchObject({ partitions: [{ leader: null, elr: [], lastKnownElr: [] }] })
    const requests = cluster.broker.asked
      .filter(({ name }) => name === 'DescribeTopicPartitions')
      .map(({ request }) => request)
    expect(requests).toEqual([
      { topics: [{ name: 'a' }, { name: 'b' }], responsePartitionLimit: 2, cursor: null },
      {
        topics: [{ name: 'a' }, { name: 'b' }],
        responsePartitionLimit: 2,
        cursor: { topicName: 'a', partitionIndex: 2 },
      },
    ])
  })

  test('comes from Metadata, without eligible leaders, where the broker is older', async () => {
    cluster.broker.on(Metadata, () => metadataOf(topic('a', partition(1), partition(0))))
    const described = await describeTopics(cluster.client, ['a'])
    expect(described.get('a')).toMatchObject({
      partitions: [
        { index: 0, elr: null },
        { index: 1, lastKnownElr: null },
      ],
    })
  })

  test('has the error of a topic that cannot be described', async () => {
    const missing = { ...topic('gone'), errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }
    cluster.broker.on(DescribeTopicPartitions, () => ({ topics: [missing], nextCursor: null }))
    const described = await describeTopics(cluster.client, ['gone'])
    expect(described.get('gone')).toMatchObject({ message: 'This server does not host this topic-partition.' })
  })

  test('is found by the topic’s id', async () => {
    cluster.broker.on(Metadata, () => metadataOf(topic('a', partition(0))))
    expect(await describeTopicById(cluster.client, ID)).toMatchObject({ name: 'a', partitions: [{ elr: null }] })
    expect(cluster.broker.asked.at(-1)?.request).toMatchObject({ topics: [{ topicId: ID, name: null }] })
  })
})

describe('configs', () => {
  const config = { readOnly: false, isSensitive: false, configSource: 1 }

  test('of topics come from any broker, those of a broker from that one', async () => {
    const configs = [{ ...config, name: 'retention.ms', value: '5', synonyms: [] }]
    cluster.broker.on(DescribeConfigs, ({ resources }) => ({
      results: resources.map(({ resourceType, resourceName }) => ({
        errorCode: 0,
        errorMessage: null,
        resourceType,
        resourceName,
        configs,
      })),
    }))
    const ofTopics = await describeConfigs(cluster.client, ResourceType.TOPIC, ['a', 'b'])
    expect([...ofTopics.keys()]).toEqual(['a', 'b'])
    expect(ofTopics.get('a')).toEqual([
      { name: 'retention.ms', value: '5', source: 1, isSensitive: false, isReadOnly: false, synonyms: [] },
    ])
    expect(cluster.broker.timesAsked(Metadata)).toBe(0)
    await describeConfigs(cluster.client, ResourceType.BROKER, ['0'])
    expect(cluster.broker.timesAsked(Metadata)).toBe(1)
  })
})

describe('a cluster', () => {
  test('is described by Metadata where the broker is older', async () => {
    expect(await describeCluster(cluster.client)).toMatchObject({ controllerId: 0, brokers: [{ id: 0 }] })
    const brokers = [{ brokerId: 7, host: 'h', port: 1, rack: 'r', isFenced: false }]
    cluster.client.close()
    const newer = await ScriptedCluster.start()
    newer.broker.on(DescribeCluster, () => ({ errorCode: 0, clusterId: 'c', controllerId: -1, brokers }))
    const description = await describeCluster(newer.client)
    expect(description).toEqual({
      clusterId: 'c',
      controllerId: null,
      brokers: [{ id: 7, host: 'h', port: 1, rack: 'r' }],
    })
    await newer.close()
  })

  test('has no partitions on the move where it may not say so', async () => {
    expect(await listReassignments(cluster.client)).toEqual(new Map())
    const denied = { errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED, errorMessage: null, topics: [] }
    cluster.client.close()
    const newer = await ScriptedCluster.start()
    newer.broker.on(ListPartitionReassignments, () => denied)
    expect(await listReassignments(newer.client)).toEqual(new Map())
    await newer.close()
  })
})
