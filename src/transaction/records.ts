import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { Writer } from '../bytes/writer.js'
import type { StateRecord } from '../coordination/effects.js'
import { readMessage, writeMessage } from '../protocol/codec.js'
import type { ReadMessage } from '../protocol/schema.js'
import { TransactionLogKey, TransactionLogValue } from '../protocol/state/transaction-state.js'
import { PartitionSet } from './partition-set.js'
import { TRANSACTION_STATES } from './states.js'
import { NO_EPOCH, NO_PRODUCER_ID, type Standing } from './transaction.js'

const KEY_TYPE = 0
const WRITTEN_STATES = TRANSACTION_STATES.filter((state) => state !== 'Dead' && state !== 'PrepareEpochFence')

/** @param transactionVersion from 1 on values can say everything; those of 0 are what brokers before KIP-890 can read */
export function stateRecord(transactionalId: string, standing: Standing, transactionVersion: number): StateRecord {
  return { key: stateKey(transactionalId), value: stateValue(standing, transactionVersion >= 1 ? 1 : 0) }
}

export function tombstone(transactionalId: string): StateRecord {
  return { key: stateKey(transactionalId), value: null }
}

export type ParsedRecord =
  | { readonly type: 'transaction'; readonly transactionalId: string; readonly standing: Standing | null }
  | { readonly type: 'unknown'; readonly keyType: number }

/** What a record of the log says. @throws MalformedBytes, also for a value of a later version or an unknown state. */
export function parseRecord(key: Buffer, value: Buffer | null): ParsedRecord {
  const reader = new Reader(key)
  const keyType = reader.int16()
  if (keyType !== KEY_TYPE) return { type: 'unknown', keyType }
  const { transactionalId } = readMessage(TransactionLogKey, 0, reader)
  return { type: 'transaction', transactionalId, standing: value && standingOf(value) }
}

function stateKey(transactionalId: string): Buffer {
  const writer = new Writer(64)
  writer.int16(KEY_TYPE)
  writeMessage(TransactionLogKey, 0, writer, { transactionalId })
  return writer.toBuffer()
}

function stateValue(standing: Standing, version: 0 | 1): Buffer {
  const writer = new Writer(128)
  writer.int16(version)
  writeMessage(TransactionLogValue, version, writer, {
    producerId: standing.producerId,
    producerEpoch: standing.producerEpoch,
    transactionTimeoutMs: standing.timeoutMs,
    transactionStatus: TRANSACTION_STATES.indexOf(standing.state),
    transactionPartitions:
      standing.state === 'Empty'
        ? null
        : standing.partitions.byTopic().map(({ topic, partitions }) => ({ topic, partitionIds: [...partitions] })),
    transactionLastUpdateTimestampMs: standing.lastUpdateMs,
    transactionStartTimestampMs: standing.startMs,
    ...(version >= 1 && {
      previousProducerId: standing.previousProducerId,
      nextProducerId: standing.nextProducerId,
      clientTransactionVersion: standing.transactionVersion,
    }),
  })
  return writer.toBuffer()
}

function standingOf(bytes: Buffer): Standing {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (version < TransactionLogValue.minVersion || version > TransactionLogValue.maxVersion) {
    throw new MalformedBytes(`${TransactionLogValue.name} of version ${version}`)
  }
  const value = readMessage(TransactionLogValue, version, reader)
  const state = WRITTEN_STATES[value.transactionStatus]
  if (state === undefined) throw new MalformedBytes(`transaction state ${value.transactionStatus}`)
  return {
    state,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId ?? NO_PRODUCER_ID,
    nextProducerId: value.nextProducerId ?? NO_PRODUCER_ID,
    producerEpoch: value.producerEpoch,
    lastProducerEpoch: NO_EPOCH,
    timeoutMs: value.transactionTimeoutMs,
    partitions: partitionsOf(value),
    startMs: value.transactionStartTimestampMs,
    lastUpdateMs: value.transactionLastUpdateTimestampMs,
    transactionVersion: value.clientTransactionVersion ?? 0,
  }
}

function partitionsOf({ transactionPartitions }: ReadMessage<typeof TransactionLogValue>): PartitionSet {
  const partitions = transactionPartitions ?? []
  return PartitionSet.EMPTY.with(
    partitions.flatMap(({ topic, partitionIds }) => partitionIds.map((partition) => ({ topic, partition }))),
  )
}
