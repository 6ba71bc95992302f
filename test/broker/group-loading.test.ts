import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Peer } from '../../src/net/peer.js'
import { ListGroups } from '../../src/protocol/messages/list-groups.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { buildBatch } from '../../src/records/builder.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { DataPathBroker } from '../support/data-path-broker.js'

const OFFSETS = '__consumer_offsets'

let broker: DataPathBroker
let peer: Peer

async function committed(): Promise<number> {
  const topics = [{ name: 'orders', partitionIndexes: [0] }]
  return (await peer.call(OffsetFetch, 5, { groupId: 'g', topics })).topics[0]!.partitions[0]!.committedOffset
}

describe('what a coordinator finds in the log', () => {
  const key = Buffer.from('000100016700066f726465727300000000', 'hex')
  const value = (offset: number) =>
    Buffer.from(`0003${offset.toString(16).padStart(16, '0')}ffffffff00000000018bcfe56800`, 'hex')
  const append = (batch: Buffer) => broker.partitions.find(OFFSETS, 0)!.append(batch, { origin: 'coordinator' })
  const committing = (offset: number, producerId: bigint): Buffer =>
    buildBatch({
      ...{ producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true },
      records: [{ timestamp: 0, key, value: value(offset) }],
    })
  const ending = (type: 'COMMIT' | 'ABORT', producerId: bigint): Buffer =>
    buildEndTransactionMarker({ type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0 })

  beforeEach(async () => {
    broker = await DataPathBroker.start()
    peer = await broker.peer()
    broker.createTopic('orders')
    broker.createTopic(OFFSETS, { replicas: [0, 1], isr: [0] })
  })
  afterEach(() => broker.close())

  async function leadAgain(): Promise<void> {
    await broker.partitions.find(OFFSETS, 0)!.whenWritten()
    broker.changePartition(OFFSETS, 0, { leader: 1 })
    broker.changePartition(OFFSETS, 0, { leader: 0 })
    while (broker.groups.find('g') === 14) await new Promise((resolve) => setImmediate(resolve))
  }

  test('offsets of transactions count from their end on, if it is a commit', async () => {
    append(committing(5, 1n))
    append(ending('COMMIT', 1n))
    append(committing(6, 2n))
    append(ending('ABORT', 2n))
    append(committing(7, 3n))
    await leadAgain()
    expect(await committed()).toBe(5)
    const topics = [{ name: 'orders', partitionIndexes: [0] }]
    const stable = await peer.call(OffsetFetch, 7, { groupId: 'g', topics, requireStable: true })
    expect(stable.topics[0]!.partitions[0]).toMatchObject({ errorCode: 88, committedOffset: -1 })
  })

  test('records that it does not know, and such that are cut short, are passed over with a warning', async () => {
    append(buildBatch({ records: [{ timestamp: 0, key: Buffer.from('0063', 'hex'), value: Buffer.from('00') }] }))
    append(buildBatch({ records: [{ timestamp: 0, key, value: value(4).subarray(0, 9) }] }))
    append(buildBatch({ records: [{ timestamp: 0, key, value: value(3) }] }))
    await leadAgain()
    expect(await committed()).toBe(3)
    expect(broker.lines).toContain('Records with keys of type 99 in __consumer_offsets are passed over')
    expect(broker.lines.some((line) => line.startsWith('The record at offset 1 of __consumer_offsets-0'))).toBe(true)
  })

  test('where a batch cannot be opened it coordinates nothing (16), and others go on', async () => {
    const bad = buildBatch({ compression: 'gzip', records: [{ timestamp: 0, key, value: value(3) }] })
    bad.fill(0xff, 65)
    append(bad)
    await leadAgain()
    expect(broker.groups.find('g')).toBe(16)
    expect(await peer.call(ListGroups, 4, {})).toMatchObject({ errorCode: 0, groups: [] })
    expect(broker.lines.some((line) => line.startsWith('The groups of __consumer_offsets-0 cannot be loaded'))).toBe(
      true,
    )
  })
})
