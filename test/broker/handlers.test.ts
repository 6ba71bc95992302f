import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { handlers } from '../../src/broker/handlers.js'
import type { Peer } from '../../src/net/peer.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { DescribeLogDirs } from '../../src/protocol/messages/describe-log-dirs.js'
import { DescribeProducers } from '../../src/protocol/messages/describe-producers.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { SaslAuthenticate } from '../../src/protocol/messages/sasl-authenticate.js'
import { SaslHandshake } from '../../src/protocol/messages/sasl-handshake.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'

let broker: DataPathBroker
let peer: Peer

beforeEach(async () => {
  broker = await DataPathBroker.start()
  peer = await broker.peer()
})
afterEach(() => broker.close())

describe('ApiVersions', () => {
  const software = { clientSoftwareName: 'klog', clientSoftwareVersion: '0.1.0' }

  test('every API is advertised in exactly the versions of Apache Kafka 4.3.1', async () => {
    const path = join(import.meta.dirname, '../golden/protocol/api-versions.json')
    const golden = JSON.parse(readFileSync(path, 'utf8')).broker as [number, string, number, number][]
    const known = new Map(golden.map(([key, , min, max]) => [key, { apiKey: key, minVersion: min, maxVersion: max }]))
    const { apiKeys } = await peer.call(ApiVersions, 4, software)
    expect(apiKeys).toEqual(apiKeys.map(({ apiKey }) => known.get(apiKey)))
    const advertised = handlers.filter((handler) => handler.advertised)
    expect(apiKeys.map(({ apiKey }) => apiKey)).toEqual(advertised.map(({ api }) => api.key).sort((a, b) => a - b))
  })

  test('the message of every API knows each version that is served', () => {
    for (const { api, versions } of handlers) {
      expect(api.maxVersion, api.name).toBeGreaterThanOrEqual(versions.max)
      // Produce is advertised from version 0 on, and has no schema below 3 (KAFKA-18659).
      expect(api.minVersion, api.name).toBeLessThanOrEqual(api === Produce ? 3 : versions.min)
    }
  })

  test('the same APIs are told in every version', async () => {
    const { apiKeys } = await peer.call(ApiVersions, 4, software)
    for (const version of [0, 1, 2, 3]) {
      const request = version >= 3 ? software : {}
      expect((await peer.call(ApiVersions, version, request)).apiKeys).toEqual(apiKeys)
    }
  })

  test('features from level 0 on are told from version 4 on only', async () => {
    broker.apply(
      { type: 'FeatureLevel', name: 'metadata.version', featureLevel: 30 },
      { type: 'FeatureLevel', name: 'eligible.leader.replicas.version', featureLevel: 1 },
    )
    const newest = await peer.call(ApiVersions, 4, software)
    expect(newest.supportedFeatures).toContainEqual({ name: 'metadata.version', minVersion: 7, maxVersion: 30 })
    expect(newest.supportedFeatures.some(({ minVersion }) => minVersion === 0)).toBe(true)
    expect(newest.finalizedFeaturesEpoch).toBe(1)
    expect(newest.finalizedFeatures).toEqual([
      { name: 'metadata.version', minVersionLevel: 30, maxVersionLevel: 30 },
      { name: 'eligible.leader.replicas.version', minVersionLevel: 1, maxVersionLevel: 1 },
    ])
    const older = await peer.call(ApiVersions, 3, software)
    expect(older.supportedFeatures).toEqual([{ name: 'metadata.version', minVersion: 7, maxVersion: 30 }])
    expect(older.finalizedFeatures).toEqual(newest.finalizedFeatures)
  })

  test('a client that misnames its software is refused, and may go on', async () => {
    for (const name of ['a_b', 'a/b', '-a', 'a-', '']) {
      const answer = await peer.call(ApiVersions, 3, { ...software, clientSoftwareName: name })
      expect(answer).toMatchObject({ errorCode: 42, apiKeys: [], supportedFeatures: [], finalizedFeatures: [] })
    }
    const long = { ...software, clientSoftwareVersion: 'v'.repeat(300) }
    expect((await peer.call(ApiVersions, 3, long)).errorCode).toBe(0)
  })
})

describe('SASL on a listener without it', () => {
  test('a handshake comes at the wrong time', async () => {
    for (const version of [0, 1])
      expect(await peer.call(SaslHandshake, version, { mechanism: 'PLAIN' })).toEqual({ errorCode: 34, mechanisms: [] })
  })

  test('so does authentication, with a message', async () => {
    for (const version of [0, 1, 2]) {
      const answer = await peer.call(SaslAuthenticate, version, { authBytes: Buffer.from('x') })
      expect(answer).toMatchObject({ errorCode: 34, authBytes: Buffer.alloc(0) })
      expect(answer.errorMessage).toBe('SaslAuthenticate request received after successful authentication')
    }
  })
})

describe('InitProducerId', () => {
  const ask = (o: { transactionalId?: string | null; producerId?: bigint; producerEpoch?: number } = {}) =>
    peer.call(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 0, ...o })

  test('every idempotent producer gets an id of its own, at epoch 0', async () => {
    const first = await ask()
    expect(first).toMatchObject({ errorCode: 0, producerEpoch: 0 })
    expect((await ask()).producerId).toBe(first.producerId + 1n)
    expect((await ask({ producerId: 5n, producerEpoch: 1 })).producerId).toBe(first.producerId + 2n)
  })

  test('id and epoch come together or not at all, and a transactional id is not empty', async () => {
    const refused = { errorCode: 42, producerId: -1n, producerEpoch: -1 }
    expect(await ask({ producerId: 5n })).toMatchObject(refused)
    expect(await ask({ producerEpoch: 5 })).toMatchObject(refused)
    expect(await ask({ transactionalId: '' })).toMatchObject(refused)
  })
})

test('DescribeProducers tells what a leader remembers of each producer', async () => {
  broker.createTopic('t', { partitions: 2 })
  broker.createTopic('followed', { replicas: [1, 0], leader: 1 })
  const partition = broker.partitions.find('t', 0)!
  const records = [{ timestamp: 1000, key: null, value: null }]
  const states = [
    { producerId: 7n, producerEpoch: 3, baseSequence: 4 },
    { producerId: 8n, producerEpoch: 0, baseSequence: 0, isTransactional: true },
  ]
  for (const state of states) partition.append(buildBatch({ ...state, records }), { origin: 'client' })
  await partition.whenWritten()
  const { topics } = await peer.call(DescribeProducers, 0, {
    topics: [
      { name: 't', partitionIndexes: [0, 1, 9] },
      { name: 'nope', partitionIndexes: [0] },
      { name: 'followed', partitionIndexes: [0] },
    ],
  })
  const known = { lastTimestamp: 1000, coordinatorEpoch: -1 }
  const none = { activeProducers: [] }
  expect(topics).toEqual([
    {
      name: 't',
      partitions: [
        {
          partitionIndex: 0,
          errorCode: 0,
          errorMessage: null,
          activeProducers: [
            { ...known, producerId: 7n, producerEpoch: 3, lastSequence: 4, currentTxnStartOffset: -1 },
            { ...known, producerId: 8n, producerEpoch: 0, lastSequence: 0, currentTxnStartOffset: 1 },
          ],
        },
        { partitionIndex: 1, errorCode: 0, errorMessage: null, ...none },
        { partitionIndex: 9, errorCode: 3, errorMessage: null, ...none },
      ],
    },
    {
      name: 'nope',
      partitions: [
        { partitionIndex: 0, errorCode: 3, errorMessage: 'This server does not host this topic-partition.', ...none },
      ],
    },
    { name: 'followed', partitions: [{ partitionIndex: 0, errorCode: 6, errorMessage: null, ...none }] },
  ])
})

describe('DescribeLogDirs', () => {
  test('tells the size of every replica, and the room that there is', async () => {
    broker.createTopic('t', { partitions: 2 })
    const partition = broker.partitions.find('t', 1)!
    const batch = buildBatch({ records: [{ timestamp: 1000, key: null, value: null }] })
    partition.append(batch, { origin: 'client' })
    await partition.whenWritten()
    const { errorCode, results } = await peer.call(DescribeLogDirs, 5, { topics: null })
    expect(errorCode).toBe(0)
    expect(results).toMatchObject([
      {
        errorCode: 0,
        logDir: `${broker.root}/data-0`,
        isCordoned: false,
        topics: [
          {
            name: 't',
            partitions: [
              { partitionIndex: 0, partitionSize: 0, offsetLag: 0, isFutureKey: false },
              { partitionIndex: 1, partitionSize: batch.length, offsetLag: 0, isFutureKey: false },
            ],
          },
        ],
      },
    ])
    expect(results[0]!.totalBytes).toBeGreaterThan(results[0]!.usableBytes)
    expect(results[0]!.usableBytes).toBeGreaterThan(0)
  })

  test('of what was asked for, those that are here', async () => {
    broker.createTopic('t', { partitions: 2 })
    const topics = [
      { topic: 't', partitions: [1, 5] },
      { topic: 'nope', partitions: [0] },
    ]
    const { results } = await peer.call(DescribeLogDirs, 1, { topics })
    expect(results[0]!.topics).toMatchObject([{ name: 't', partitions: [{ partitionIndex: 1 }] }])
    expect(results[0]!.totalBytes).toBe(-1)
    expect((await peer.call(DescribeLogDirs, 4, { topics: [] })).results[0]!.topics).toEqual([])
  })
})
