import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import { readMessage, writeMessage } from '../../src/protocol/codec.js'
import type { Message } from '../../src/protocol/schema.js'
import * as consumerOffsets from '../../src/protocol/state/consumer-offsets.js'
import * as controlRecords from '../../src/protocol/state/control-records.js'
import * as metadataBrokers from '../../src/protocol/state/metadata-brokers.js'
import * as metadataSettings from '../../src/protocol/state/metadata-settings.js'
import * as metadataTopics from '../../src/protocol/state/metadata-topics.js'
import * as metadataTransactions from '../../src/protocol/state/metadata-transactions.js'
import * as shareGroups from '../../src/protocol/state/share-groups.js'
import * as shareState from '../../src/protocol/state/share-state.js'
import * as transactionState from '../../src/protocol/state/transaction-state.js'

interface Recorded {
  readonly topic: string
  readonly control: boolean
  readonly key: Buffer | null
  readonly value: Buffer | null
}

const recorded: Recorded[] = readFileSync(join(import.meta.dirname, '../golden/protocol/state-records.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map(({ topic, control, key, value }) => ({ topic, control, key: bytesOf(key), value: bytesOf(value) }))

const COORDINATOR_MESSAGES: Record<string, readonly Message[]> = {
  __consumer_offsets: [...Object.values(consumerOffsets), ...Object.values(shareGroups)],
  __transaction_state: Object.values(transactionState),
  __share_group_state: Object.values(shareState),
}
const METADATA_MESSAGES: readonly Message[] = [
  metadataBrokers,
  metadataSettings,
  metadataTopics,
  metadataTransactions,
].flatMap((room) => Object.values(room))

describe('records that Kafka wrote are read, and written again to the same bytes', () => {
  for (const [topic, messages] of Object.entries(COORDINATOR_MESSAGES)) {
    test(`in ${topic}`, () => {
      const records = recorded.filter((record) => record.topic === topic && !record.control)
      expect(records.length).toBeGreaterThan(0)
      for (const { key, value } of records) {
        const recordType = key!.readInt16BE()
        const find = (part: 'Key' | 'Value'): Message =>
          messages.find((message) => message.recordType === recordType && message.name.endsWith(part))!
        rewrite(find('Key'), 0, key!.subarray(2))
        if (value !== null) rewrite(find('Value'), value.readInt16BE(), value.subarray(2))
      }
    })
  }

  test('in __cluster_metadata', () => {
    const records = recorded.filter(({ topic, control }) => topic === '__cluster_metadata' && !control)
    for (const { value } of records) {
      const reader = new Reader(value!)
      expect(reader.uvarint()).toBe(1)
      const recordType = reader.uvarint()
      const version = reader.uvarint()
      const message = METADATA_MESSAGES.find((candidate) => candidate.recordType === recordType)!
      rewrite(message, version, value!.subarray(reader.position))
    }
    expect(records.length).toBeGreaterThan(100)
  })

  test('to control a log', () => {
    const { ControlRecordTypeSchema, EndTxnMarker, KRaftVersionRecord, LeaderChangeMessage } = controlRecords
    const { SnapshotFooterRecord, SnapshotHeaderRecord } = controlRecords
    const byType: Record<number, Message> = { 3: SnapshotHeaderRecord, 4: SnapshotFooterRecord, 5: KRaftVersionRecord }
    for (const { key, value } of recorded.filter(({ control }) => control)) {
      rewrite(ControlRecordTypeSchema, key!.readInt16BE(), key!.subarray(2))
      const type = key!.readInt16BE(2)
      if (type < 2) rewrite(EndTxnMarker, value!.readInt16BE(), value!.subarray(2))
      // The version stands inside, as the first field.
      else if (type === 2) rewrite(LeaderChangeMessage, value!.readInt16BE(), value!)
      else rewrite(byType[type]!, value!.readInt16BE(), value!)
    }
  })
})

test('a new group remembers its members, and says that they are not classic', () => {
  const [value] = recorded
    .filter(({ topic, key, value }) => topic === '__consumer_offsets' && key!.readInt16BE() === 5 && value !== null)
    .map((record) => new Reader(record.value!, 2))
  const member = readMessage(consumerOffsets.ConsumerGroupMemberMetadataValue, 0, value!)
  expect(member.subscribedTopicNames).toHaveLength(1)
  expect(member.classicMemberMetadata).toBeNull()
})

function rewrite(message: Message, version: number, bytes: Buffer): void {
  const reader = new Reader(bytes)
  const value = readMessage(message, version, reader)
  const writer = new Writer()
  writeMessage(message, version, writer, value)
  expect(writer.toBuffer().toString('hex'), `${message.name} v${version}`).toBe(bytes.toString('hex'))
  expect(reader.remaining).toBe(0)
}

function bytesOf(hex: string | null): Buffer | null {
  return hex === null ? null : Buffer.from(hex, 'hex')
}
