import { describe, expect, test } from 'vitest'
import { topicChanges } from '../../src/cluster/image-changes.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord } from '../../src/cluster/records.js'
import { ResourceType } from '../../src/cluster/resource-type.js'

const ORDERS = 'TwucjEwJTPGVXFi2BrhVwg'
const PAYMENTS = '5dM6hVGySMinGqkq043dSg'
const DIRECTORY = 'Y4Ai5tTPQR10ureFBBahzA'

const topic = (name: string, topicId: string): MetadataRecord => ({ type: 'Topic', name, topicId })
const partition = (topicId: string, partitionId: number): MetadataRecord => ({
  type: 'Partition',
  partitionId,
  topicId,
  replicas: [0, 1, 2],
  isr: [0, 1, 2],
  removingReplicas: [],
  addingReplicas: [],
  leader: 0,
  leaderEpoch: 0,
  partitionEpoch: 0,
  directories: [DIRECTORY, DIRECTORY, DIRECTORY],
})
const config = (name: string, value: string | null): MetadataRecord => ({
  type: 'Config',
  resourceType: ResourceType.TOPIC,
  resourceName: 'orders',
  name,
  value,
})
const imageOf = (...records: MetadataRecord[]) =>
  MetadataImage.empty.apply(records, { offset: records.length, epoch: 1 })
const then = (image: MetadataImage, ...records: MetadataRecord[]) =>
  image.apply(records, { offset: image.offset + records.length, epoch: 1 })

describe('the metadata image', () => {
  test('an image is never changed: records make a new one that shares what they leave alone', () => {
    const first = imageOf(topic('orders', ORDERS), partition(ORDERS, 0), topic('payments', PAYMENTS))
    const second = then(first, { type: 'PartitionChange', partitionId: 0, topicId: ORDERS, isr: [0, 1] })
    expect(first.partition('orders', 0)!.isr).toEqual([0, 1, 2])
    expect(second.partition('orders', 0)!.isr).toEqual([0, 1])
    expect(second.topic('payments')).toBe(first.topic('payments'))
    expect(second.parts.configs).toBe(first.parts.configs)
    expect(second.offset).toBe(4)
  })

  test('partitions are added to a topic in one image or in many, and none of those before has them', () => {
    const images = [imageOf(topic('orders', ORDERS), partition(ORDERS, 0), partition(ORDERS, 1))]
    images.push(then(images[0]!, partition(ORDERS, 2), partition(ORDERS, 3)))
    images.push(then(images[1]!, partition(ORDERS, 4)))
    expect(images.map((image) => image.topic('orders')!.partitions.length)).toEqual([2, 4, 5])
    expect(images.map((image) => image.topicById(ORDERS)!.partitions.length)).toEqual([2, 4, 5])
    const again = then(images[2]!, { type: 'RemoveTopic', topicId: ORDERS }, topic('orders', ORDERS))
    expect(then(again, partition(ORDERS, 0)).topic('orders')!.partitions.length).toBe(1)
    expect(again.topic('orders')!.partitions.length).toBe(0)
  })

  test('every change counts up the partition epoch, and one that names a leader the leader epoch, even the same leader', () => {
    const first = imageOf(topic('orders', ORDERS), partition(ORDERS, 0))
    const shrunk = then(first, { type: 'PartitionChange', partitionId: 0, topicId: ORDERS, isr: [0] })
    expect(shrunk.partition('orders', 0)).toMatchObject({ leader: 0, leaderEpoch: 0, partitionEpoch: 1 })
    const elected = then(shrunk, { type: 'PartitionChange', partitionId: 0, topicId: ORDERS, leader: 0 })
    expect(elected.partition('orders', 0)).toMatchObject({ leader: 0, leaderEpoch: 1, partitionEpoch: 2 })
    const none = then(elected, { type: 'PartitionChange', partitionId: 0, topicId: ORDERS, leader: -1 })
    expect(none.partition('orders', 0)).toMatchObject({ leader: -1, leaderEpoch: 2, partitionEpoch: 3, isr: [0] })
  })

  test('a removed topic takes its configs along', () => {
    const image = imageOf(topic('orders', ORDERS), partition(ORDERS, 0), config('retention.ms', '5'))
    expect(image.configs(ResourceType.TOPIC, 'orders')).toEqual(new Map([['retention.ms', '5']]))
    const removed = then(image, { type: 'RemoveTopic', topicId: ORDERS })
    expect(removed.topic('orders')).toBeNull()
    expect(removed.topicById(ORDERS)).toBeNull()
    expect(removed.configuredNames(ResourceType.TOPIC)).toEqual([])
  })

  test('a config set to null is gone', () => {
    const image = imageOf(config('retention.ms', '5'), config('segment.ms', '6'), config('retention.ms', null))
    expect(image.configs(ResourceType.TOPIC, 'orders')).toEqual(new Map([['segment.ms', '6']]))
  })

  test('the changes between two images are the topics that differ and those that are gone', () => {
    const first = imageOf(topic('orders', ORDERS), partition(ORDERS, 0), topic('payments', PAYMENTS))
    const second = then(first, { type: 'RemoveTopic', topicId: PAYMENTS }, partition(ORDERS, 1))
    const { changed, deleted } = topicChanges(second, first)
    expect(changed.map((t) => [t.name, t.partitions.length])).toEqual([['orders', 2]])
    expect(deleted.map((t) => t.name)).toEqual(['payments'])
    expect(topicChanges(first, first)).toEqual({ changed: [], deleted: [] })
  })

  test('clearing the eligible leader replicas of a topic changes only partitions that have some', () => {
    const change: MetadataRecord = {
      type: 'PartitionChange',
      partitionId: 0,
      topicId: ORDERS,
      isr: [],
      leader: -1,
      eligibleLeaderReplicas: [0],
      lastKnownElr: [0],
    }
    const image = imageOf(topic('orders', ORDERS), partition(ORDERS, 0), partition(ORDERS, 1), change)
    expect(image.partition('orders', 0)).toMatchObject({ elr: [0], lastKnownElr: [0], partitionEpoch: 1 })
    const cleared = then(image, { type: 'ClearElr', topicName: 'orders' })
    expect(cleared.partition('orders', 0)).toMatchObject({ elr: [], lastKnownElr: [], partitionEpoch: 2 })
    expect(cleared.partition('orders', 1)!.partitionEpoch).toBe(0)
  })

  test('a record keeps its meaning through the log, in the lowest version that Kafka writes it in', () => {
    const change: MetadataRecord = { type: 'BrokerRegistrationChange', brokerId: 0, brokerEpoch: 17, fenced: -1 }
    // Frame version 1, type 17, version 0, broker 0, epoch 17, one tag 0 of one byte.
    expect(encodeMetadataRecord(change).toString('hex')).toBe('011100000000000000000000000011010001ff')
    expect(decodeMetadataRecord(encodeMetadataRecord(change))).toMatchObject(change)
    const known: MetadataRecord = { type: 'FeatureLevel', name: 'metadata.version', featureLevel: 30 }
    expect(encodeMetadataRecord(known).toString('hex')).toBe('010c00116d657461646174612e76657273696f6e001e00')
  })
})
