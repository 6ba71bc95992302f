import { MalformedBytes } from '../../bytes/malformed.js'
import { Reader } from '../../bytes/reader.js'
import { readMessage } from '../../protocol/codec.js'
import type { Message } from '../../protocol/schema.js'
import * as consumerOffsets from '../../protocol/state/consumer-offsets.js'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../protocol/state/consumer-protocol.js'
import * as shareGroups from '../../protocol/state/share-groups.js'
import * as shareState from '../../protocol/state/share-state.js'
import * as streamsGroups from '../../protocol/state/streams-groups.js'
import * as transactionState from '../../protocol/state/transaction-state.js'
import { messageJson } from '../console-consumer/message-json.js'
import { JavaError } from '../java-error.js'
import type { RecordDecoder } from './decoder.js'

const TYPE_BYTES = 2

interface RecordKind {
  readonly key: Message
  readonly value: Message
}

export const offsetsDecoder = stateDecoder(kindsIn(consumerOffsets, shareGroups, streamsGroups))
export const transactionLogDecoder = stateDecoder(kindsIn(transactionState))
export const shareGroupStateDecoder = stateDecoder(kindsIn(shareState))

/** Keys and values of one of Kafka's own topics: each begins with an int16, a key with its type, a value with its version. */
function stateDecoder(kinds: ReadonlyMap<number, RecordKind>): RecordDecoder {
  return ({ offset, key, value }) => {
    if (key === null) {
      throw new JavaError(
        'java.lang.RuntimeException',
        `Failed to decode message at offset ${offset} using offset topic decoder (message had a missing key)`,
      )
    }
    try {
      if (key.length < TYPE_BYTES) throw new MalformedBytes("Could not read version from key's buffer.")
      const type = new Reader(key).int16()
      const kind = kinds.get(type)
      if (kind === undefined)
        return { key: `Unknown record type ${type} at offset ${offset}, skipping.`, payload: null }
      const keyFields = messageJson(kind.key, 0, readMessage(kind.key, 0, new Reader(key, 2)))
      return {
        key: `{"type":"${type}","data":${keyFields}}`,
        payload: value === null ? '<DELETE>' : valueJson(kind.value, value),
      }
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      return { key: `Error at offset ${offset}, skipping. ${error.message}`, payload: null }
    }
  }
}

function valueJson(message: Message, bytes: Buffer): string {
  const version = new Reader(bytes).int16()
  if (version < message.minVersion || version > message.maxVersion) {
    throw new MalformedBytes(`Unknown version ${version} of ${message.name}`)
  }
  const json = messageJson(message, version, readMessage(message, version, new Reader(bytes, 2)))
  const isGroup = message === (consumerOffsets.GroupMetadataValue as Message)
  return `{"version":"${version}","data":${isGroup ? withMembersRead(json) : json}}`
}

interface GroupJson {
  readonly protocolType: string
  readonly members: readonly { readonly subscription: string; readonly assignment: string }[]
}

/** What consumers tell each other is bytes for the coordinator, but not for a reader. */
function withMembersRead(json: string): string {
  const group = JSON.parse(json) as GroupJson
  if (group.protocolType !== 'consumer') return json
  const members = group.members.map((member) => ({
    ...member,
    subscription: protocolJson(ConsumerProtocolSubscription, member.subscription),
    assignment: protocolJson(ConsumerProtocolAssignment, member.assignment),
  }))
  return JSON.stringify({ ...group, members })
}

function protocolJson(message: Message, base64: string): unknown {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length === 0) return base64
  // A reader takes a version that it does not know for the newest that it knows.
  const version = Math.min(new Reader(bytes).int16(), message.maxVersion)
  if (version < 0) throw new MalformedBytes(`Unsupported version ${version} of ${message.name}`)
  return JSON.parse(messageJson(message, version, readMessage(message, version, new Reader(bytes, 2))))
}

function kindsIn(...schemas: readonly Readonly<Record<string, Message>>[]): Map<number, RecordKind> {
  const kinds = new Map<number, RecordKind>()
  for (const schema of schemas) {
    for (const [name, key] of Object.entries(schema)) {
      const value = schema[name.replace(/Key$/, 'Value')]
      if (name.endsWith('Key') && value !== undefined) kinds.set(key.recordType!, { key, value })
    }
  }
  return kinds
}
