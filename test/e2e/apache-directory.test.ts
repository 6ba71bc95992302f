import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBroker, type TestBroker } from '../../src/index.js'
import { groupMember, javaLikeProducer, kafkajs, receive } from '../support/kafkajs.js'

let directory: string
let broker: TestBroker

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-apache-'))
  cpSync(join(import.meta.dirname, '../golden/log/data'), directory, { recursive: true })
  broker = await startBroker({ directory })
})
afterEach(async () => {
  await broker.close()
  rmSync(directory, { recursive: true })
})

describe('a directory that Apache Kafka wrote', () => {
  test('is served with its topics, records and groups, whatever features its cluster had agreed on', async () => {
    const kafka = kafkajs(broker.bootstrapServers)
    const admin = kafka.admin()
    await admin.connect()
    expect(await admin.listTopics()).toEqual(
      expect.arrayContaining(['codec-java-zstd', 'idempotent', 'segments', 'txn']),
    )
    expect((await admin.listGroups()).groups.map(({ groupId }) => groupId)).toContain('classic-group')
    const ends = await Promise.all(
      ['codec-java-none', 'codec-librdkafka-zstd', 'txn'].map((topic) => admin.fetchTopicOffsets(topic)),
    )
    expect(ends.map(([end]) => Number(end!.high))).toEqual([12, 12, 24])
    await admin.disconnect()
  })

  test('goes on where it ended, and is there again after the next start', async () => {
    const kafka = kafkajs(broker.bootstrapServers)
    const producer = javaLikeProducer(kafka)
    await producer.connect()
    await producer.send({ topic: 'codec-java-none', messages: [{ value: 'by klog' }] })
    await producer.disconnect()
    await broker.restart()
    const received = await receive(groupMember(kafka, 'reader'), 'codec-java-none', 13)
    expect(received.at(-1)).toMatchObject({ offset: 12, value: 'by klog' })
  })
})
