import { MalformedBytes } from '../../../bytes/malformed.js'
import { Reader } from '../../../bytes/reader.js'
import type { ConsumedRecord } from '../../../client/consumer/fetched-chunk.js'
import { readMessage } from '../../../protocol/codec.js'
import type { Message } from '../../../protocol/schema.js'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  LegacyOffsetCommitKey,
  LegacyOffsetCommitValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../../../protocol/state/consumer-offsets.js'
import {
  ShareSnapshotKey,
  ShareSnapshotValue,
  ShareUpdateKey,
  ShareUpdateValue,
} from '../../../protocol/state/share-state.js'
import { TransactionLogKey, TransactionLogValue } from '../../../protocol/state/transaction-state.js'
import { JavaError } from '../../java-error.js'
import type { Formatter, Write } from '../formatter.js'
import { messageJson } from '../message-json.js'

interface RecordKind {
  readonly key: Message
  readonly value: Message
}

/** By the number at the start of a key. */
type RecordKinds = ReadonlyMap<number, RecordKind>

export const OFFSETS: RecordKinds = new Map([
  [0, { key: LegacyOffsetCommitKey, value: LegacyOffsetCommitValue }],
  [1, { key: OffsetCommitKey, value: OffsetCommitValue }],
])
export const GROUP_METADATA: RecordKinds = new Map([[2, { key: GroupMetadataKey, value: GroupMetadataValue }]])
export const TRANSACTION_LOG: RecordKinds = new Map([[0, { key: TransactionLogKey, value: TransactionLogValue }]])
export const SHARE_STATE: RecordKinds = new Map([
  [0, { key: ShareSnapshotKey, value: ShareSnapshotValue }],
  [1, { key: ShareUpdateKey, value: ShareUpdateValue }],
])

/** Records of one of Kafka's own topics as JSON, one after the other without anything between. Others are passed over. */
export class StateFormatter implements Formatter {
  readonly #kinds: RecordKinds

  constructor(kinds: RecordKinds) {
    this.#kinds = kinds
  }

  format({ key, value, offset }: ConsumedRecord, write: Write): void {
    if (key === null) return
    try {
      const json = this.#json(key, value)
      if (json !== null) write(Buffer.from(json))
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      throw new JavaError(
        'java.lang.RuntimeException',
        `Could not read record at offset ${offset} due to: ${error.message}`,
      )
    }
  }

  #json(key: Buffer, value: Buffer | null): string | null {
    const type = leadingNumber(key, 'key')
    const kind = this.#kinds.get(type)
    if (kind === undefined) return null
    const keyJson = fieldsJson(kind.key, 0, key, 'key', type)
    return `{"key":{"type":${type},"data":${keyJson}},"value":${valueJson(kind.value, value, type)}}`
  }
}

function valueJson(message: Message, value: Buffer | null, type: number): string {
  if (value === null) return 'null'
  const version = leadingNumber(value, 'value')
  if (version < message.minVersion || version > message.maxVersion) {
    throw new Unreadable(`Found an unknown record version ${version} for ${type} type`)
  }
  return `{"version":${version},"data":${fieldsJson(message, version, value, 'value', version)}}`
}

/** What follows the number; bytes after the last field are left alone. `shownVersion` is what a complaint calls it. */
function fieldsJson(message: Message, version: number, bytes: Buffer, part: string, shownVersion: number): string {
  try {
    return messageJson(message, version, readMessage(message, version, new Reader(bytes, 2)))
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    throw new Unreadable(
      `Could not read record with version ${shownVersion} from ${part}'s buffer due to: ${error.message}.`,
    )
  }
}

function leadingNumber(bytes: Buffer, part: string): number {
  if (bytes.length < 2) throw new Unreadable(`Could not read version from ${part}'s buffer.`)
  return bytes.readInt16BE(0)
}

class Unreadable extends Error {}
