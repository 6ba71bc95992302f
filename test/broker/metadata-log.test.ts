import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { Controller } from '../../src/broker/controller.js'
import type { ControllerClient } from '../../src/broker/controller-client.js'
import { MetadataLog } from '../../src/broker/metadata-log.js'
import { metadataRecordsIn } from '../../src/broker/metadata-records.js'
import { QuorumPace } from '../../src/broker/quorum-pace.js'
import type { Registration } from '../../src/cluster/broker-lifecycle.js'
import { recordsOf } from '../../src/cluster/image-records.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { ResourceType } from '../../src/cluster/resource-type.js'
import { batchesIn } from '../../src/records/batch.js'
import { controlRecordOf } from '../../src/records/control.js'
import { systemDisk } from '../../src/storage/disk.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import { ALONE, clientOf } from '../support/alone.js'

const GOLDEN = join(import.meta.dirname, '../golden/log')
const DIRECTORY_ID = 'Y4Ai5tTPQR10ureFBBahzA'
const CLUSTER_ID = '4L6g3nShT-eMCtK--X86sw'
const FEATURES = new Map([
  ['metadata.version', { min: 7, max: 30 }],
  ['eligible.leader.replicas.version', { min: 0, max: 1 }],
  ['kraft.version', { min: 0, max: 1 }],
])
const ALL_FEATURES = new Map([
  ...FEATURES,
  ['group.version', { min: 0, max: 1 }],
  ['share.version', { min: 0, max: 1 }],
  ['streams.version', { min: 0, max: 1 }],
  ['transaction.version', { min: 0, max: 2 }],
])

const directories: string[] = []
const opened: Running[] = []

afterEach(() => {
  for (const running of opened.splice(0)) running.directory.abandon()
  for (const path of directories.splice(0)) rmSync(path, { recursive: true })
})

interface Running {
  readonly directory: LogDirectory
  readonly metadata: MetadataLog
  readonly controller: Controller
  readonly client: ControllerClient
}

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'klog-metadata-'))
  directories.push(path)
  return path
}

function open(path: string, settings: Record<string, string> = {}): Running {
  const disk = systemDisk
  const directory = LogDirectory.open({ path, disk, clock: systemClock, random: systemRandom, log: silentLog })
  if (directory.metaProperties === null)
    directory.format({ clusterId: CLUSTER_ID, nodeId: 0, directoryId: DIRECTORY_ID })
  const config = new BrokerConfig({
    nodeId: 0,
    settings: new Map(Object.entries({ 'offsets.topic.replication.factor': '1', ...settings })),
  })
  const pace = new QuorumPace(systemClock)
  const base = { nodeId: 0, config, clock: systemClock, pace, random: systemRandom, log: silentLog }
  const metadata = MetadataLog.open({ ...base, ...ALONE, disk, directory, features: FEATURES })
  const controller = new Controller({ ...base, metadata })
  const running = { directory, metadata, controller, client: clientOf({ ...base, metadata, controller }) }
  opened.push(running)
  return running
}

const registration = (incarnationId: string, previousBrokerEpoch = -1): Registration => ({
  brokerId: 0,
  incarnationId,
  endpoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
  features: ALL_FEATURES,
  rack: null,
  logDirs: [DIRECTORY_ID],
  previousBrokerEpoch,
})

const orders = {
  topics: [
    {
      name: 'orders',
      numPartitions: 2,
      replicationFactor: 1,
      assignments: [],
      configs: [{ name: 'retention.ms', value: '1000' }],
    },
  ],
  validateOnly: false,
}

/** The metadata records in the log, as `type` or `type field=value …` of what tells them apart. */
function written(path: string): string[] {
  const log = readFileSync(join(path, '__cluster_metadata-0/00000000000000000000.log'))
  return [...batchesIn(log)].map((batch) => {
    const control = controlRecordOf(batch)
    if (control !== null) return `${batch.partitionLeaderEpoch} ${control.type}`
    const names = [...metadataRecordsIn(batch.bytes())].map(({ type }) => type)
    return `${batch.partitionLeaderEpoch} ${names.join(' ')}`
  })
}

describe('the metadata log', () => {
  test("a new cluster's minimum ISR is that of the first controller's own settings", () => {
    const { metadata } = open(temporary(), { 'min.insync.replicas': '2' })
    expect(metadata.image.configs(ResourceType.BROKER, '')).toEqual(new Map([['min.insync.replicas', '2']]))
  })

  test('a new cluster starts as a formatted Apache Kafka: features, a minimum ISR for all brokers, in one transaction', () => {
    const path = temporary()
    const { metadata } = open(path)
    expect(metadata.image.features).toEqual(
      new Map([
        ['metadata.version', 30],
        ['eligible.leader.replicas.version', 1],
      ]),
    )
    expect(metadata.image.configs(ResourceType.BROKER, '')).toEqual(new Map([['min.insync.replicas', '1']]))
    expect(metadata.epoch).toBe(1)
    expect(written(path)).toEqual([
      '1 LEADER_CHANGE',
      '1 BeginTransaction FeatureLevel FeatureLevel Config EndTransaction',
    ])
    expect(readFileSync(join(path, '__cluster_metadata-0/quorum-state'), 'utf8')).toBe(
      '{"clusterId":"","leaderId":0,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":0}],"data_version":0}',
    )
    expect([...metadataRecordsIn(readFileSync(join(path, 'bootstrap.checkpoint')))]).toMatchObject([
      { type: 'FeatureLevel', name: 'metadata.version', featureLevel: 30 },
      { type: 'FeatureLevel', name: 'eligible.leader.replicas.version', featureLevel: 1 },
    ])
  })

  test('subscribers hear of the image at once and of every change before it is answered', async () => {
    const { metadata, controller } = open(temporary())
    const heard: [number, number][] = []
    metadata.subscribe((image, previous) => heard.push([previous.topicCount, image.topicCount]))
    await controller.start(registration(DIRECTORY_ID))
    heard.length = 0
    await controller.createTopics(orders)
    expect(heard).toEqual([[0, 1]])
  })

  test('after an orderly stop and a start, topics keep their ids and epochs have gone up', async () => {
    const path = temporary()
    const first = open(path)
    const epoch = await first.controller.start(registration('AAAAAAAAAAAAAAAAAAAAAg'))
    expect(epoch).toBe(first.metadata.image.brokers.get(0)!.epoch)
    await first.controller.createTopics(orders)
    const before = first.metadata.image
    expect(before.partition('orders', 0)).toMatchObject({ leader: 0, leaderEpoch: 0, isr: [0] })
    await first.controller.shutDown()
    expect(first.metadata.image.partition('orders', 0)).toMatchObject({ leader: -1, isr: [], elr: [0] })
    await first.directory.close(epoch as number)

    const second = open(path)
    expect(second.metadata.epoch).toBe(2)
    expect(second.metadata.image.topic('orders')!.id).toBe(before.topic('orders')!.id)
    await second.controller.start(registration('AAAAAAAAAAAAAAAAAAAAAw', epoch as number))
    const { image } = second.metadata
    expect(image.brokers.get(0)).toMatchObject({ fenced: false, incarnationId: 'AAAAAAAAAAAAAAAAAAAAAw' })
    expect(image.brokers.get(0)!.epoch).toBeGreaterThan(epoch as number)
    expect(image.partition('orders', 1)).toMatchObject({
      leader: 0,
      leaderEpoch: 2,
      isr: [0],
      elr: [],
      leaderRecoveryState: 0,
    })
    expect(image.configs(ResourceType.TOPIC, 'orders')).toEqual(new Map([['retention.ms', '1000']]))
    expect(written(path).slice(2)).toEqual([
      '1 RegisterBroker',
      '1 BrokerRegistrationChange',
      '1 Topic Config Partition Partition',
      '1 BrokerRegistrationChange PartitionChange PartitionChange',
      '1 BrokerRegistrationChange',
      '2 LEADER_CHANGE',
      '2 RegisterBroker',
      '2 BrokerRegistrationChange PartitionChange PartitionChange',
    ])
  })

  test('after a crash the broker of the last run is fenced, and its replicas lead again as recovering, as in Apache Kafka', async () => {
    const path = temporary()
    const first = open(path)
    await first.controller.start(registration('AAAAAAAAAAAAAAAAAAAAAg'))
    await first.controller.createTopics(orders)
    first.directory.abandon()

    const second = open(path)
    await second.controller.start(registration('AAAAAAAAAAAAAAAAAAAAAw'))
    expect(second.metadata.image.partition('orders', 0)).toMatchObject({
      leader: 0,
      leaderEpoch: 2,
      partitionEpoch: 3,
      isr: [0],
      leaderRecoveryState: 1,
    })
    expect(written(path).slice(5)).toEqual([
      '2 LEADER_CHANGE',
      '2 PartitionChange PartitionChange BrokerRegistrationChange',
      '2 PartitionChange PartitionChange RegisterBroker',
      '2 BrokerRegistrationChange PartitionChange PartitionChange',
    ])
  })

  test('what was answered is there after a crash at once, and a torn tail is cut', async () => {
    const path = temporary()
    const first = open(path)
    await first.controller.start(registration('AAAAAAAAAAAAAAAAAAAAAg'))
    await first.controller.createTopics(orders)
    first.directory.abandon()
    const file = join(path, '__cluster_metadata-0/00000000000000000000.log')
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('0000000000000020', 'hex')]))
    expect(open(path).metadata.image.topic('orders')!.partitions).toHaveLength(2)
  })

  test('producer ids are never given twice, whatever happens in between', async () => {
    const path = temporary()
    const first = open(path)
    await first.controller.start(registration('AAAAAAAAAAAAAAAAAAAAAg'))
    const ids = await Promise.all([first.client.allocateProducerId(), first.client.allocateProducerId()])
    expect(ids).toEqual([0n, 1n])
    expect(first.metadata.image.nextProducerId).toBe(1000n)
    first.directory.abandon()
    const second = open(path)
    expect(await second.client.allocateProducerId()).toBe(1000n)
  })

  test("an internal topic is made once, with Kafka's settings", async () => {
    const { controller, metadata } = open(temporary())
    await controller.start(registration('AAAAAAAAAAAAAAAAAAAAAg'))
    const made = await Promise.all([
      controller.createInternalTopic('__consumer_offsets'),
      controller.createInternalTopic('__consumer_offsets'),
    ])
    expect(made).toEqual([0, 0])
    expect(metadata.image.topic('__consumer_offsets')!.partitions).toHaveLength(50)
    expect(metadata.image.configs(ResourceType.TOPIC, '__consumer_offsets')).toEqual(
      new Map([
        ['compression.type', 'producer'],
        ['cleanup.policy', 'compact'],
        ['segment.bytes', '104857600'],
      ]),
    )
  })
})

describe('snapshots of the metadata', () => {
  test('are taken when enough was written, are all that a start needs before them, and two are kept', async () => {
    const path = temporary()
    const first = open(path, { 'metadata.log.max.record.bytes.between.snapshots': '1500' })
    await first.controller.start(registration('AAAAAAAAAAAAAAAAAAAAAg'))
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      const topic = { ...orders.topics[0]!, name, numPartitions: 5 }
      await first.controller.createTopics({ topics: [topic], validateOnly: false })
    }
    await first.controller.deleteTopics({ topics: [], topicNames: ['b'] })
    await first.client.allocateProducerId()
    const before = first.metadata.image
    await first.directory.close()
    const directory = join(path, '__cluster_metadata-0')
    const snapshots = readdirSync(directory).filter((name) => name.endsWith('.checkpoint'))
    expect(snapshots).toHaveLength(2)

    // Everything below the last snapshot is made unreadable: nobody looks at it.
    const end = Number(snapshots.sort().at(-1)!.slice(0, 20))
    const file = join(directory, '00000000000000000000.log')
    const log = readFileSync(file)
    for (const batch of batchesIn(log))
      if (batch.lastOffset < end && !batch.isControl) log.fill(0xff, batch.start + 61, batch.start + 70)
    writeFileSync(file, log)
    const { image } = open(path).metadata
    expect([...image.topics()].map(({ name }) => name).sort()).toEqual(['a', 'c', 'd', 'e', 'f', 'g', 'h'])
    expect(image.parts).toEqual(before.parts)
  })

  test('one that is damaged is passed over', async () => {
    const path = temporary()
    cpSync(join(GOLDEN, 'data'), path, { recursive: true })
    const file = join(path, '__cluster_metadata-0/00000000000000000277-0000000001.checkpoint')
    writeFileSync(file, readFileSync(file).subarray(0, -10))
    expect(open(path).metadata.image.topic('txn')!.partitions).toHaveLength(1)
  })

  test('the records of an image make the same image again', async () => {
    const path = temporary()
    cpSync(join(GOLDEN, 'data'), path, { recursive: true })
    const { image } = open(path).metadata
    const again = MetadataImage.empty.apply(recordsOf(image), image)
    expect(again.parts).toEqual(image.parts)
  })
})

describe('a log directory of Apache Kafka 4.3.1', () => {
  /** Topic ids by the names of directories that Kafka wrote. */
  const idsOnDisk = (path: string): Map<string, string> =>
    new Map(
      readdirSync(path).flatMap((name) => {
        if (!/-\d+$/.test(name) || name.startsWith('__cluster_metadata')) return []
        const text = readFileSync(join(path, name, 'partition.metadata'), 'utf8')
        return [[name.replace(/-\d+$/, ''), /topic_id: (.*)/.exec(text)![1]!]]
      }),
    )

  const check = (image: MetadataImage, path: string): void => {
    for (const [name, id] of idsOnDisk(path)) expect(image.topic(name)?.id, name).toBe(id)
    expect(image.topic('segments')!.partitions).toHaveLength(1)
    expect(image.configs(ResourceType.TOPIC, 'segments')).toEqual(
      new Map([
        ['index.interval.bytes', '500'],
        ['internal.segment.bytes', '4000'],
      ]),
    )
    expect(image.nextProducerId).toBe(1000n)
    expect(image.features.get('transaction.version')).toBe(2)
    expect(image.brokers.get(0)).toMatchObject({ epoch: 17, fenced: true })
    expect(image.partition('txn', 0)).toMatchObject({ leader: -1, isr: [], elr: [0], lastKnownElr: [0] })
  }

  test('is understood, from its snapshot on and from the first record on', () => {
    const path = temporary()
    cpSync(join(GOLDEN, 'data'), path, { recursive: true })
    const whole = open(path)
    check(whole.metadata.image, path)
    whole.directory.abandon()
    opened.pop()

    const unsnapped = temporary()
    cpSync(join(GOLDEN, 'data'), unsnapped, { recursive: true })
    rmSync(join(unsnapped, '__cluster_metadata-0/00000000000000000277-0000000001.checkpoint'))
    check(open(unsnapped).metadata.image, unsnapped)
  })

  test('can be gone on with: the broker starts where Apache Kafka stopped', async () => {
    const path = temporary()
    cpSync(join(GOLDEN, 'data'), path, { recursive: true })
    const { metadata, controller } = open(path)
    expect(metadata.epoch).toBe(2)
    const epoch = await controller.start(registration('AAAAAAAAAAAAAAAAAAAAAg', 17))
    expect(typeof epoch).toBe('number')
    expect(metadata.image.partition('txn', 0)).toMatchObject({ leader: 0, leaderRecoveryState: 0 })
  })
})
