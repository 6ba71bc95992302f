import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { Writer } from '../bytes/writer.js'
import { readMessage, writeMessage } from '../protocol/codec.js'
import type { Message, WriteMessage } from '../protocol/schema.js'
import * as brokers from '../protocol/state/metadata-brokers.js'
import * as security from '../protocol/state/metadata-security.js'
import * as settings from '../protocol/state/metadata-settings.js'
import * as topics from '../protocol/state/metadata-topics.js'
import * as transactions from '../protocol/state/metadata-transactions.js'

const MESSAGES = {
  RegisterBroker: brokers.RegisterBrokerRecord,
  UnregisterBroker: brokers.UnregisterBrokerRecord,
  FenceBroker: brokers.FenceBrokerRecord,
  UnfenceBroker: brokers.UnfenceBrokerRecord,
  BrokerRegistrationChange: brokers.BrokerRegistrationChangeRecord,
  RegisterController: brokers.RegisterControllerRecord,
  Topic: topics.TopicRecord,
  Partition: topics.PartitionRecord,
  PartitionChange: topics.PartitionChangeRecord,
  RemoveTopic: topics.RemoveTopicRecord,
  ClearElr: topics.ClearElrRecord,
  Config: settings.ConfigRecord,
  ClientQuota: settings.ClientQuotaRecord,
  FeatureLevel: settings.FeatureLevelRecord,
  ProducerIds: settings.ProducerIdsRecord,
  UserScramCredential: security.UserScramCredentialRecord,
  RemoveUserScramCredential: security.RemoveUserScramCredentialRecord,
  DelegationToken: security.DelegationTokenRecord,
  RemoveDelegationToken: security.RemoveDelegationTokenRecord,
  AccessControlEntry: security.AccessControlEntryRecord,
  RemoveAccessControlEntry: security.RemoveAccessControlEntryRecord,
  NoOp: transactions.NoOpRecord,
  BeginTransaction: transactions.BeginTransactionRecord,
  EndTransaction: transactions.EndTransactionRecord,
  AbortTransaction: transactions.AbortTransactionRecord,
  ZkMigrationState: transactions.ZkMigrationStateRecord,
} as const

type RecordType = keyof typeof MESSAGES

/** A record of the metadata log, by the name of its type: what is left out has its default. */
export type MetadataRecord = {
  readonly [T in RecordType]: { readonly type: T } & WriteMessage<(typeof MESSAGES)[T]>
}[RecordType]

export type RecordOf<T extends RecordType> = Extract<MetadataRecord, { readonly type: T }>

const FRAME_VERSION = 1
const TYPE_BY_NUMBER: ReadonlyMap<number, RecordType> = new Map(
  Object.entries(MESSAGES).map(([type, { recordType }]) => [recordType!, type as RecordType]),
)

/** The value of a record in the log: frame version, type and version as unsigned varints, then the fields. */
export function encodeMetadataRecord(record: MetadataRecord): Buffer {
  const message: Message = MESSAGES[record.type]
  const version = versionOf(record, message)
  const writer = new Writer(64)
  writer.uvarint(FRAME_VERSION)
  writer.uvarint(message.recordType!)
  writer.uvarint(version)
  writeMessage(message, version, writer, record as WriteMessage<Message>)
  return writer.toBuffer()
}

/**
 * The record outlives the memory that it was read from.
 * @throws MalformedBytes when the value is no metadata record, or one of a type that is not known.
 */
export function decodeMetadataRecord(value: Buffer): MetadataRecord {
  const reader = new Reader(Buffer.from(value))
  const frame = reader.uvarint()
  if (frame !== FRAME_VERSION) throw new MalformedBytes(`a metadata record of frame version ${frame}`)
  const number = reader.uvarint()
  const type = TYPE_BY_NUMBER.get(number)
  if (type === undefined) throw new MalformedBytes(`a metadata record of the unknown type ${number}`)
  const message: Message = MESSAGES[type]
  const version = reader.uvarint()
  if (version > message.maxVersion) throw new MalformedBytes(`${message.name} has no version ${version}`)
  return { type, ...readMessage(message, version, reader) } as MetadataRecord
}

/** The newest version, except where Kafka goes by what is in the record: older readers then keep up. */
function versionOf(record: MetadataRecord, message: Message): number {
  if (record.type !== 'BrokerRegistrationChange') return message.maxVersion
  if (record.cordonedLogDirs != null) return 3
  if ((record.logDirs ?? []).length > 0) return 2
  return (record.inControlledShutdown ?? 0) !== 0 ? 1 : 0
}
