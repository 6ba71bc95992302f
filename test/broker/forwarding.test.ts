import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { lineLog } from '../../src/base/log.js'
import { ResourceType } from '../../src/cluster/resource-type.js'
import { Peer } from '../../src/net/peer.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { AlterClientQuotas } from '../../src/protocol/messages/alter-client-quotas.js'
import { AlterPartitionReassignments } from '../../src/protocol/messages/alter-partition-reassignments.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { DescribeConfigs } from '../../src/protocol/messages/describe-configs.js'
import { DescribeQuorum } from '../../src/protocol/messages/describe-quorum.js'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { TestCluster } from '../support/cluster.js'

let cluster: TestCluster
let controller: number
let other: number
const peers: Peer[] = []

beforeAll(async () => {
  // A busy machine is to elect nobody else: what has been counted is with the controller that has counted it.
  const patient = { 'broker.session.timeout.ms': '30000', 'controller.quorum.fetch.timeout.ms': '30000' }
  const log = lineLog(() => {}, systemClock)
  cluster = await TestCluster.start(2, patient, log)
  const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
  const found = await (await peer(0, 'test')).call(DescribeQuorum, 2, { topics })
  controller = found.topics[0]!.partitions[0]!.leaderId
  other = 1 - controller
})

afterAll(async () => {
  for (const one of peers) one.close()
  await cluster.close()
})

async function peer(id: number, clientId: string): Promise<Peer> {
  const { client: port } = cluster.ports[id]!
  const one = await Peer.connect({ host: '127.0.0.1', port, clientId, clock: systemClock, connectTimeoutMs: 5000 })
  peers.push(one)
  return one
}

async function create(from: Peer, name: string, numPartitions: number) {
  const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }
  const request = { topics: [topic], timeoutMs: 10_000, validateOnly: false }
  const { topics, throttleTimeMs } = await from.call(CreateTopics, 7, request)
  return { errorCode: topics[0]!.errorCode, throttleTimeMs }
}

async function limit(clientId: string, key: string, value: number): Promise<void> {
  const entry = { entity: [{ entityType: 'client-id', entityName: clientId }], ops: [{ key, value, remove: false }] }
  const from = await peer(controller, 'test')
  const { entries } = await from.call(AlterClientQuotas, 1, { entries: [entry], validateOnly: false })
  expect(entries[0]!.errorCode).toBe(0)
}

/** One request that sets `name` for each resource. */
async function set(
  from: Peer,
  resources: readonly (readonly [type: number, resource: string, name: string, value: string])[],
) {
  const { responses } = await from.call(IncrementalAlterConfigs, 1, {
    resources: resources.map(([resourceType, resourceName, name, value]) => {
      return { resourceType, resourceName, configs: [{ name, configOperation: 0, value }] }
    }),
    validateOnly: false,
  })
  return responses.map(({ errorCode, errorMessage, resourceName }) => [resourceName, errorCode, errorMessage])
}

describe('what a broker hands on to the controller', () => {
  test('counts there for the client that it comes from, and not for the broker that brings it', async () => {
    await limit('maker', 'controller_mutation_rate', 1)
    const [maker, somebody] = [await peer(other, 'maker'), await peer(other, 'somebody')]
    // The bucket holds eleven, and the first request may overdraw it.
    expect(await create(maker, 'first', 30)).toMatchObject({ errorCode: ErrorCode.NONE })
    const refused = await create(maker, 'second', 1)
    expect(refused.errorCode).toBe(ErrorCode.THROTTLING_QUOTA_EXCEEDED)
    expect(refused.throttleTimeMs).toBeGreaterThan(5000)
    expect(await create(somebody, 'second', 30)).toEqual({ errorCode: ErrorCode.NONE, throttleTimeMs: 0 })
    expect(await create(somebody, 'third', 1)).toEqual({ errorCode: ErrorCode.NONE, throttleTimeMs: 0 })
  })

  test('is charged also where a topic is created because somebody asked about it', async () => {
    await limit('asker', 'controller_mutation_rate', 1)
    const asker = await peer(other, 'asker')
    expect(await create(asker, 'asked', 30)).toMatchObject({ errorCode: ErrorCode.NONE })
    const request = { topics: [{ name: 'unasked' }], allowAutoTopicCreation: true }
    // The answer to the one before holds the connection back: another one of the same client does not wait.
    const again = await peer(other, 'asker')
    const { topics } = await again.call(Metadata, 9, { ...request, includeTopicAuthorizedOperations: false })
    expect(topics[0]!.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  })

  test('takes time there, which counts for the client, who is told of it and held back where it has asked', async () => {
    await limit('busy', 'request_percentage', 0.000001)
    const busy = await peer(other, 'busy')
    const first = await create(busy, 'busy', 1)
    expect(first.errorCode).toBe(ErrorCode.NONE)
    expect(first.throttleTimeMs).toBeGreaterThan(0)
  })
})

describe('settings that a broker is asked to change while another node is the controller', () => {
  test('are its own where they are of its log lines, in one request with what is handed on', async () => {
    const from = await peer(other, 'test')
    await create(from, 'orders', 1)
    const own = String(other)
    expect(
      await set(from, [
        [ResourceType.BROKER_LOGGER, own, 'root', 'WARN'],
        [ResourceType.TOPIC, 'orders', 'retention.ms', '1234567'],
        [ResourceType.TOPIC, 'nowhere', 'retention.ms', '1234567'],
        [ResourceType.BROKER, own, 'log.retention.ms', '7654321'],
      ]),
    ).toEqual([
      [own, ErrorCode.NONE, null],
      ['orders', ErrorCode.NONE, null],
      ['nowhere', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, expect.any(String)],
      [own, ErrorCode.NONE, null],
    ])
    const resources = [
      { resourceType: ResourceType.BROKER_LOGGER, resourceName: own, configurationKeys: ['root'] },
      { resourceType: ResourceType.TOPIC, resourceName: 'orders', configurationKeys: ['retention.ms'] },
      { resourceType: ResourceType.BROKER, resourceName: own, configurationKeys: ['log.retention.ms'] },
    ]
    const values = async (): Promise<(string | null)[]> => {
      const { results } = await from.call(DescribeConfigs, 4, { resources })
      return results.map(({ configs }) => configs[0]!.value)
    }
    while ((await values()).join() !== 'WARN,1234567,7654321') await new Promise(setImmediate)
  })

  test('are refused by the broker that was asked, in its own words, and the rest is done', async () => {
    const from = await peer(other, 'test')
    expect(
      await set(from, [
        [ResourceType.BROKER, String(controller), 'log.retention.ms', '1'],
        [ResourceType.BROKER, String(other), 'log.dirs', '/elsewhere'],
        [ResourceType.BROKER_LOGGER, String(controller), 'root', 'WARN'],
        [ResourceType.BROKER, '', 'log.retention.ms', '1234567'],
      ]),
    ).toEqual([
      [
        String(controller),
        ErrorCode.INVALID_REQUEST,
        `Unexpected broker id, expected ${other}, but received ${controller}`,
      ],
      [String(other), ErrorCode.INVALID_REQUEST, 'Cannot update these configs dynamically: [log.dirs]'],
      [
        String(controller),
        ErrorCode.INVALID_REQUEST,
        `Unexpected node id. Expected ${other}, but received ${controller}`,
      ],
      ['', ErrorCode.NONE, null],
    ])
  })
})

describe('settings that the controller is asked to change', () => {
  test('are checked by their names only, and may be of any node that there is', async () => {
    const { controller: port } = cluster.ports[controller]!
    const options = { host: '127.0.0.1', port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 }
    const from = await Peer.connect(options)
    peers.push(from)
    expect(
      await set(from, [
        [ResourceType.BROKER, String(other), 'num.io.threads', '100'],
        [ResourceType.BROKER, '7', 'log.retention.ms', '5'],
      ]),
    ).toEqual([
      [String(other), ErrorCode.NONE, null],
      ['7', ErrorCode.BROKER_ID_NOT_REGISTERED, 'No node with id 7 found.'],
    ])
  })
})

describe('what no broker of the cluster can do', () => {
  test('is refused whoever is asked: more replicas than brokers, a reassignment to one that is not there', async () => {
    for (const id of [controller, other]) {
      const from = await peer(id, 'test')
      const topic = { name: 'wide', numPartitions: 1, replicationFactor: 3, assignments: [], configs: [] }
      const request = { topics: [topic], timeoutMs: 10_000, validateOnly: false }
      const { topics } = await from.call(CreateTopics, 7, request)
      expect([topics[0]!.errorCode, topics[0]!.errorMessage]).toEqual([
        ErrorCode.INVALID_REPLICATION_FACTOR,
        'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 2 broker(s) are registered or some brokers have all their log directories cordoned.',
      ])
      await create(from, 'moved', 1)
      const moved = { name: 'moved', partitions: [{ partitionIndex: 0, replicas: [0, 9] }] }
      const { responses } = await from.call(AlterPartitionReassignments, 1, { timeoutMs: 10_000, topics: [moved] })
      expect(responses[0]!.partitions[0]).toMatchObject({ errorCode: ErrorCode.INVALID_REPLICA_ASSIGNMENT })
      expect(responses[0]!.partitions[0]!.errorMessage).toContain('9')
    }
  })
})
