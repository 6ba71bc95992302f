import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { ZERO_UUID } from '../bytes/uuid.js'
import { Writer } from '../bytes/writer.js'
import type { StateRecord } from '../coordination/effects.js'
import { readMessage, writeMessage } from '../protocol/codec.js'
import type { Message, ReadMessage, WriteMessage } from '../protocol/schema.js'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../protocol/state/consumer-offsets.js'
import { NO_BYTES } from './answers.js'
import type { CommittedOffset, PartitionKey } from './committed-offsets.js'
import type { Group } from './group.js'
import { metadataFor } from './members.js'

/** The versions that Kafka 4.3 writes. */
const GROUP_VERSION = 3
const OFFSET_VERSION = 4
/** The only version that can say when an offset expires. */
const EXPIRING_OFFSET_VERSION = 1

export function offsetRecord(
  groupId: string,
  key: PartitionKey,
  committed: Omit<CommittedOffset, 'recordOffset'>,
): StateRecord {
  const { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId } = committed
  const version = expireTimestampMs === null ? OFFSET_VERSION : EXPIRING_OFFSET_VERSION
  const expireTimestamp = expireTimestampMs ?? -1
  return {
    key: offsetKey(groupId, key),
    value: versioned(OffsetCommitValue, version, {
      offset,
      leaderEpoch,
      metadata,
      commitTimestamp: commitTimestampMs,
      expireTimestamp,
      topicId,
    }),
  }
}

export function offsetTombstone(groupId: string, key: PartitionKey): StateRecord {
  return { key: offsetKey(groupId, key), value: null }
}

/** The group as it is, or as it will be once its members have these assignments. */
export function groupRecord(group: Group, assignments?: ReadonlyMap<string, Buffer>): StateRecord {
  return {
    key: groupKey(group.id),
    value: versioned(GroupMetadataValue, GROUP_VERSION, {
      protocolType: group.protocolType ?? '',
      generation: group.generation,
      protocol: group.protocolName,
      leader: group.leaderId,
      currentStateTimestamp: group.stateSinceMs,
      members: [...group.members].map((member) => ({
        memberId: member.id,
        groupInstanceId: member.instanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
        subscription: metadataFor(member, group.protocolName ?? ''),
        assignment: assignments === undefined ? member.assignment : (assignments.get(member.id) ?? NO_BYTES),
      })),
    }),
  }
}

/** As for a group that nobody has joined yet. */
export function groupTombstone(groupId: string): StateRecord {
  return { key: groupKey(groupId), value: null }
}

export type ParsedRecord =
  | {
      readonly type: 'offset'
      readonly groupId: string
      readonly key: PartitionKey
      readonly value: Omit<CommittedOffset, 'recordOffset'> | null
    }
  | { readonly type: 'group'; readonly groupId: string; readonly value: ReadMessage<typeof GroupMetadataValue> | null }
  | { readonly type: 'unknown'; readonly keyType: number }

/** What a record of the log says. Bytes in it are views. @throws MalformedBytes, also for a value of a later version. */
export function parseRecord(key: Buffer, value: Buffer | null): ParsedRecord {
  const reader = new Reader(key)
  const keyType = reader.int16()
  switch (keyType) {
    case 0:
    case 1: {
      const { group, topic, partition } = readMessage(OffsetCommitKey, 0, reader)
      return { type: 'offset', groupId: group, key: { topic, partition }, value: value && parseOffset(value) }
    }
    case 2: {
      const { group } = readMessage(GroupMetadataKey, 0, reader)
      return { type: 'group', groupId: group, value: value && readVersioned(GroupMetadataValue, value) }
    }
    default:
      return { type: 'unknown', keyType }
  }
}

function parseOffset(value: Buffer): Omit<CommittedOffset, 'recordOffset'> {
  const { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp, topicId } = readVersioned(
    OffsetCommitValue,
    value,
  )
  return {
    offset,
    leaderEpoch,
    metadata,
    commitTimestampMs: commitTimestamp,
    expireTimestampMs: expireTimestamp === -1 ? null : expireTimestamp,
    topicId: topicId ?? ZERO_UUID,
  }
}

function offsetKey(groupId: string, { topic, partition }: PartitionKey): Buffer {
  return versioned(OffsetCommitKey, 0, { group: groupId, topic, partition }, OffsetCommitKey.recordType)
}

function groupKey(groupId: string): Buffer {
  return versioned(GroupMetadataKey, 0, { group: groupId }, GroupMetadataKey.recordType)
}

/** A key begins with the type of its record, a value with its version. */
function versioned<M extends Message>(
  message: M,
  version: number,
  value: WriteMessage<M>,
  prefix: number | null = version,
): Buffer {
  const writer = new Writer(64)
  writer.int16(prefix ?? version)
  writeMessage(message, version, writer, value)
  return writer.toBuffer()
}

function readVersioned<M extends Message>(message: M, value: Buffer): ReadMessage<M> {
  const reader = new Reader(value)
  const version = reader.int16()
  if (version < message.minVersion || version > message.maxVersion) {
    throw new MalformedBytes(`${message.name} of version ${version}`)
  }
  return readMessage(message, version, reader)
}
