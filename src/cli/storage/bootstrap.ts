import { Writer } from '../../bytes/writer.js'
import { writeMessage } from '../../protocol/codec.js'
import { METADATA_VERSION } from '../../protocol/releases.js'
import type { Message, WriteMessage } from '../../protocol/schema.js'
import { UserScramCredentialRecord } from '../../protocol/state/metadata-security.js'
import { FeatureLevelRecord } from '../../protocol/state/metadata-settings.js'
import { buildBatch } from '../../records/builder.js'
import { buildKRaftControlRecords, type KRaftVoter } from '../../records/control.js'
import type { ScramUser } from './scram-users.js'

/** What the metadata of a new cluster begins with. */
export interface Bootstrap {
  /** By feature; `metadata.version` first, those of level 0 left out. */
  readonly levels: readonly (readonly [feature: string, level: number])[]
  readonly users: readonly ScramUser[]
}

const FRAME_VERSION = 1
/** Of what is there before there is a leader. */
const LEADER_EPOCH = 0

/** As a Java object looks when it is printed: Kafka's tool does that, and people have seen it. */
export function bootstrapText({ levels, users }: Bootstrap): string {
  const records = [
    ...levels.map(([name, level]) => `FeatureLevelRecord(name='${name}', featureLevel=${level})`),
    ...users.map((user) => {
      const keys = `salt=${bytesText(user.salt)}, storedKey=${bytesText(user.storedKey)}, serverKey=${bytesText(user.serverKey)}`
      return `UserScramCredentialRecord(name='${user.name}', mechanism=${user.mechanism}, ${keys}, iterations=${user.iterations})`
    }),
  ].map((record) => `ApiMessageAndVersion(${record} at version 0)`)
  const level = levels.find(([name]) => name === METADATA_VERSION)![1]
  return `BootstrapMetadata(records=[${records.join(', ')}], metadataVersionLevel=${level}, source=format command)`
}

/** The content of `bootstrap.checkpoint`. */
export function bootstrapFile({ levels, users }: Bootstrap, timestamp: number): Buffer {
  const values = [
    ...levels.map(([name, featureLevel]) => encode(FeatureLevelRecord, { name, featureLevel })),
    ...users.map((user) => encode(UserScramCredentialRecord, user)),
  ]
  const records = values.map((value) => ({ timestamp, key: null, value }))
  const place = { timestamp, leaderEpoch: LEADER_EPOCH }
  return Buffer.concat([
    buildKRaftControlRecords({
      ...place,
      records: [{ type: 'SNAPSHOT_HEADER', version: 0, lastContainedLogTimestamp: 0 }],
    }),
    buildBatch({ records, baseOffset: 1, leaderEpoch: LEADER_EPOCH }),
    buildKRaftControlRecords({
      ...place,
      baseOffset: 1 + records.length,
      records: [{ type: 'SNAPSHOT_FOOTER', version: 0 }],
    }),
  ])
}

/** The first snapshot of the metadata log of a quorum whose members are kept in that log. */
export function votersFile(voters: readonly KRaftVoter[], kRaftVersion: number, timestamp: number): Buffer {
  const place = { timestamp, leaderEpoch: LEADER_EPOCH }
  const head = [
    { type: 'SNAPSHOT_HEADER', version: 0, lastContainedLogTimestamp: timestamp },
    { type: 'KRAFT_VERSION', version: 0, kRaftVersion },
    { type: 'KRAFT_VOTERS', version: 0, voters },
  ] as const
  return Buffer.concat([
    buildKRaftControlRecords({ ...place, records: head }),
    buildKRaftControlRecords({ ...place, baseOffset: head.length, records: [{ type: 'SNAPSHOT_FOOTER', version: 0 }] }),
  ])
}

function encode<M extends Message>(message: M, value: WriteMessage<M>): Buffer {
  const writer = new Writer(64)
  writer.uvarint(FRAME_VERSION)
  writer.uvarint(message.recordType!)
  writer.uvarint(0)
  writeMessage(message, 0, writer, value)
  return writer.toBuffer()
}

/** Java's bytes have signs. */
function bytesText(bytes: Buffer): string {
  return `[${[...new Int8Array(bytes)].join(', ')}]`
}
