import { MalformedBytes } from '../../bytes/malformed.js'
import { Reader } from '../../bytes/reader.js'
import { readMessage } from '../../protocol/codec.js'
import type { Message } from '../../protocol/schema.js'
import * as brokers from '../../protocol/state/metadata-brokers.js'
import * as security from '../../protocol/state/metadata-security.js'
import * as settings from '../../protocol/state/metadata-settings.js'
import * as topics from '../../protocol/state/metadata-topics.js'
import * as transactions from '../../protocol/state/metadata-transactions.js'
import { messageJson } from '../console-consumer/message-json.js'
import type { RecordDecoder } from './decoder.js'

const FRAME_VERSION = 1
const MESSAGES: ReadonlyMap<number, Message> = new Map(
  [brokers, security, settings, topics, transactions]
    .flatMap((schema): Message[] => Object.values(schema))
    .map((message) => [message.recordType!, message]),
)

/** Records of the metadata log: they have no keys. */
export const clusterMetadataDecoder: RecordDecoder = ({ offset, value }) => {
  try {
    return { key: null, payload: value === null ? null : recordJson(value) }
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    return { key: null, payload: `Error at ${offset}, skipping. ${error.message}` }
  }
}

function recordJson(value: Buffer): string {
  const reader = new Reader(value)
  const frame = reader.uvarint()
  if (frame !== FRAME_VERSION)
    throw new MalformedBytes(
      `Could not deserialize metadata record due to unknown frame version ${frame}(only frame version ${FRAME_VERSION} is supported)`,
    )
  const type = reader.uvarint()
  const message = MESSAGES.get(type)
  if (message === undefined) throw new MalformedBytes(`Unknown metadata id ${type}`)
  const version = reader.uvarint()
  if (version > message.maxVersion) throw new MalformedBytes(`Unknown version ${version} of ${message.name}`)
  const fields = messageJson(message, version, readMessage(message, version, reader))
  return `{"type":"${typeName(message.name)}","version":${version},"data":${fields}}`
}

/** `TopicRecord` is `TOPIC_RECORD`. */
function typeName(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}
