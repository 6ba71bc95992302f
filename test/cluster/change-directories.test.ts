import { describe, expect, test } from 'vitest'
import { assignDirectories } from '../../src/cluster/assign-directories.js'
import { unfenceBroker } from '../../src/cluster/broker-lifecycle.js'
import { changeDirectories } from '../../src/cluster/change-directories.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { MetadataRecord } from '../../src/cluster/records.js'

const [ONE, TWO] = ['DDDDDDDDDDDDDDDDDDDDDA', 'DDDDDDDDDDDDDDDDDDDDDQ'] as const
const TOPIC = 'TTTTTTTTTTTTTTTTTTTTTA'
const rules = { minInsyncReplicas: () => 1, isUncleanElectionEnabled: () => false }

function partition(partitionId: number, directory: string): MetadataRecord {
  return {
    type: 'Partition',
    partitionId,
    topicId: TOPIC,
    replicas: [0],
    isr: [0],
    removingReplicas: [],
    addingReplicas: [],
    leader: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: [directory],
  }
}

const broker: MetadataRecord = {
  type: 'RegisterBroker',
  brokerId: 0,
  incarnationId: 'AAAAAAAAAAAAAAAAAAAAAw',
  brokerEpoch: 5,
  endPoints: [],
  features: [],
  rack: null,
  fenced: false,
  inControlledShutdown: false,
  logDirs: [ONE, TWO],
}

const image = MetadataImage.empty.apply(
  [
    { type: 'FeatureLevel', name: 'eligible.leader.replicas.version', featureLevel: 1 },
    broker,
    { type: 'Topic', name: 'orders', topicId: TOPIC },
    partition(0, ONE),
    partition(1, TWO),
  ],
  { offset: 9, epoch: 1 },
)

function then(before: MetadataImage, records: readonly MetadataRecord[]): MetadataImage {
  return before.apply(records, { offset: before.offset + records.length, epoch: 1 })
}

describe('a directory that is lost', () => {
  const records = changeDirectories(image, 0, { online: [TWO], cordoned: [] }, rules)
  const lost = then(image, records)

  test('leaves its replicas without a leader, and the others alone', () => {
    expect(records).toHaveLength(2)
    expect(lost.brokers.get(0)!.logDirs).toEqual([TWO])
    expect(lost.partition('orders', 0)).toMatchObject({ leader: -1, isr: [], elr: [0] })
    expect(lost.partition('orders', 1)).toMatchObject({ leader: 0, isr: [0] })
  })

  test('has no replica that could lead, until the broker comes back with it', () => {
    const fenced = then(lost, [{ type: 'BrokerRegistrationChange', brokerId: 0, brokerEpoch: 5, fenced: 1 }])
    const without = then(fenced, unfenceBroker(fenced, 0, rules))
    expect(without.partition('orders', 0)!.leader).toBe(-1)
    const registered = then(without, [{ ...broker, fenced: true }])
    const back = then(registered, unfenceBroker(registered, 0, rules))
    expect(back.partition('orders', 0)).toMatchObject({ leader: 0, isr: [0] })
  })
})

test('nothing is written where nothing has changed, nor when no directory is left', () => {
  expect(changeDirectories(image, 0, { online: [ONE, TWO], cordoned: [] }, rules)).toEqual([])
  expect(changeDirectories(image, 0, { online: [], cordoned: [] }, rules)).toEqual([])
})

test('directories are cordoned and taken back', () => {
  const cordoned = then(image, changeDirectories(image, 0, { online: [ONE, TWO], cordoned: [ONE] }, rules))
  expect(cordoned.brokers.get(0)!.cordonedLogDirs).toEqual([ONE])
  const free = then(cordoned, changeDirectories(cordoned, 0, { online: [ONE, TWO], cordoned: [] }, rules))
  expect(free.brokers.get(0)!.cordonedLogDirs).toEqual([])
})

test('the directory of a replica is written down once, the last word counting', () => {
  const placements = [
    { topicId: TOPIC, partition: 0, directoryId: ONE },
    { topicId: TOPIC, partition: 1, directoryId: TWO },
    { topicId: TOPIC, partition: 1, directoryId: ONE },
    { topicId: TOPIC, partition: 7, directoryId: ONE },
  ]
  expect(assignDirectories(image, 0, placements)).toEqual([
    { type: 'PartitionChange', topicId: TOPIC, partitionId: 1, directories: [ONE] },
  ])
})
