import { expect, test } from 'vitest'
import type { Writer } from '../../src/bytes/writer.js'
import {
  readMessage,
  readRequest,
  readResponse,
  writeMessage,
  writeRequest,
  writeResponse,
} from '../../src/protocol/codec.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { writeRequestHeader, writeResponseHeader } from '../../src/protocol/header.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { readRequestHeader } from '../../src/protocol/request-header.js'
import type { Message, WriteMessage } from '../../src/protocol/schema.js'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../../src/protocol/state/consumer-offsets.js'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../src/protocol/state/consumer-protocol.js'
import { ProducerSnapshot } from '../../src/protocol/state/producer-snapshot.js'
import { TransactionLogKey, TransactionLogValue } from '../../src/protocol/state/transaction-state.js'
import { digits, readerOf, written } from './hex.js'

// Bytes computed from the description of the protocol, not with this code.

test('an ApiVersions v3 request names the client software in compact strings behind a client id in the old form', () => {
  const bytes = '0012 0003 00000001 0004 6b6c6f67 00 05 6b6c6f67 06 302e312e30 00'
  const header = { correlationId: 1, clientId: 'klog' }
  const request = { clientSoftwareName: 'klog', clientSoftwareVersion: '0.1.0' }
  const out = written((writer) => {
    writeRequestHeader(writer, ApiVersions, { version: 3, ...header })
    writeRequest(ApiVersions, 3, writer, request)
  })
  expect(out).toBe(digits(bytes))
  const reader = readerOf(bytes)
  expect(readRequestHeader(reader)).toEqual({ apiKey: 18, apiVersion: 3, ...header })
  expect(readRequest(ApiVersions, 3, reader)).toEqual(request)
})

test('the answer to an unknown version of ApiVersions is error 35 in v0 with the one entry', () => {
  const out = written((writer) => {
    writeResponseHeader(writer, ApiVersions, 9, { correlationId: 1 })
    writeResponse(ApiVersions, 0, writer, {
      errorCode: ErrorCode.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    })
  })
  expect(out).toBe(digits('00000001 0023 00000001 0012 0000 0004'))
})

test('an ApiVersions v3 answer has a flexible body behind a header without tags', () => {
  const out = written((writer) => {
    writeResponseHeader(writer, ApiVersions, 3, { correlationId: 1 })
    writeResponse(ApiVersions, 3, writer, { errorCode: 0, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] })
  })
  expect(out).toBe(digits('00000001 0000 02 0012 0000 0004 00 00000000 00'))
})

test('a Metadata v1 request for all topics carries null', () => {
  const out = written((writer) => {
    writeRequestHeader(writer, Metadata, { version: 1, correlationId: 2, clientId: 'klog' })
    writeRequest(Metadata, 1, writer, { topics: null })
  })
  expect(out).toBe(digits('0003 0001 00000002 0004 6b6c6f67 ffffffff'))
})

test('a Metadata v0 request for all topics carries an empty list, which reads as null', () => {
  expect(written((writer) => writeRequest(Metadata, 0, writer, { topics: null }))).toBe('00000000')
  expect(readRequest(Metadata, 0, readerOf('00000000')).topics).toBeNull()
  expect(readRequest(Metadata, 1, readerOf('00000000')).topics).toEqual([])
})

test('the fallback answer of a broker reads in v0', () => {
  const answer = readResponse(ApiVersions, 0, readerOf('0023 00000001 0012 0000 0004'))
  expect(answer).toEqual({
    errorCode: 35,
    apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    throttleTimeMs: 0,
    supportedFeatures: [],
    finalizedFeaturesEpoch: -1,
    finalizedFeatures: [],
    zkMigrationReady: false,
  })
})

const TIMESTAMP = 1_700_000_000_000

test('a committed offset is the key (group, topic, partition) and the value v3', () => {
  holds(OffsetCommitKey, 0, '0001 67 0001 74 00000000', { group: 'g', topic: 't', partition: 0 })
  const value = { offset: 5, leaderEpoch: -1, metadata: '', commitTimestamp: TIMESTAMP }
  holds(OffsetCommitValue, 3, '0000000000000005 ffffffff 0000 0000018bcfe56800', value)
})

test('an empty classic group is written with nulls for protocol and leader', () => {
  holds(GroupMetadataKey, 0, '0001 67', { group: 'g' })
  holds(GroupMetadataValue, 3, '0008 636f6e73756d6572 00000003 ffff ffff 0000018bcfe56800 00000000', {
    protocolType: 'consumer',
    generation: 3,
    protocol: null,
    leader: null,
    currentStateTimestamp: TIMESTAMP,
    members: [],
  })
})

test('an empty transaction has null for its partitions and -1 for its start', () => {
  holds(TransactionLogKey, 0, '0002 7478', { transactionalId: 'tx' })
  holds(TransactionLogValue, 0, '0000000000000009 0000 0000ea60 00 ffffffff 0000018bcfe56800 ffffffffffffffff', {
    producerId: 9n,
    producerEpoch: 0,
    transactionTimeoutMs: 60_000,
    transactionStatus: 0,
    transactionPartitions: null,
    transactionLastUpdateTimestampMs: TIMESTAMP,
    transactionStartTimestampMs: -1,
  })
})

test('a member subscribes, and gets its partitions, with null for the user data', () => {
  holds(ConsumerProtocolSubscription, 0, '00000001 0001 74 ffffffff', { topics: ['t'], userData: null })
  holds(ConsumerProtocolAssignment, 0, '00000001 0001 74 00000001 00000000 ffffffff', {
    assignedPartitions: [{ topic: 't', partitions: [0] }],
    userData: null,
  })
})

test('a producer snapshot lists every producer whole', () => {
  const producer = '0000000000000009 0000 00000004 0000000000000068 00000004 0000018bcfe56800 ffffffff ffffffffffffffff'
  holds(ProducerSnapshot, 1, `aafbeddb 00000001 ${producer}`, {
    crc: 0xaafbeddb,
    producerEntries: [
      {
        producerId: 9n,
        epoch: 0,
        lastSequence: 4,
        lastOffset: 104,
        offsetDelta: 4,
        timestamp: TIMESTAMP,
        coordinatorEpoch: -1,
        currentTxnFirstOffset: -1,
      },
    ],
  })
})

/** `value` is written as `bytes`, and `bytes` read as `value`. */
function holds<M extends Message>(message: M, version: number, bytes: string, value: WriteMessage<M>): void {
  expect(written((writer: Writer) => writeMessage(message, version, writer, value))).toBe(digits(bytes))
  expect(readMessage(message, version, readerOf(bytes))).toMatchObject(value)
}
