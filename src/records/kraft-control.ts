import { MalformedBytes } from '../bytes/malformed.js'
import type { Reader } from '../bytes/reader.js'
import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { Writer } from '../bytes/writer.js'

export interface LeaderChangeVoter {
  readonly voterId: number
  /** From version 1 on. */
  readonly voterDirectoryId?: Uuid
}

export interface KRaftVoter {
  readonly voterId: number
  readonly voterDirectoryId: Uuid
  readonly endpoints: readonly { readonly name: string; readonly host: string; readonly port: number }[]
  readonly kRaftVersionFeature: { readonly minSupportedVersion: number; readonly maxSupportedVersion: number }
}

/** The control records of the metadata log and its snapshots, with Kafka's field names. */
export type KRaftControlRecord =
  | {
      readonly type: 'LEADER_CHANGE'
      readonly version: number
      readonly leaderId: number
      readonly voters: readonly LeaderChangeVoter[]
      readonly grantingVoters: readonly LeaderChangeVoter[]
    }
  | { readonly type: 'SNAPSHOT_HEADER'; readonly version: number; readonly lastContainedLogTimestamp: number }
  | { readonly type: 'SNAPSHOT_FOOTER'; readonly version: number }
  | { readonly type: 'KRAFT_VERSION'; readonly version: number; readonly kRaftVersion: number }
  | { readonly type: 'KRAFT_VOTERS'; readonly version: number; readonly voters: readonly KRaftVoter[] }

/** @throws MalformedBytes */
export function readKRaftControl(type: KRaftControlRecord['type'], reader: Reader): KRaftControlRecord {
  const version = reader.int16()
  switch (type) {
    case 'LEADER_CHANGE': {
      const leaderId = reader.int32()
      const voter = (): LeaderChangeVoter => readLeaderChangeVoter(reader, version)
      return { type, version, leaderId, voters: readArray(reader, voter), grantingVoters: readArray(reader, voter) }
    }
    case 'SNAPSHOT_HEADER':
      return { type, version, lastContainedLogTimestamp: reader.int64() }
    case 'SNAPSHOT_FOOTER':
      return { type, version }
    case 'KRAFT_VERSION':
      return { type, version, kRaftVersion: reader.int16() }
    case 'KRAFT_VOTERS':
      return { type, version, voters: readArray(reader, () => readVoter(reader)) }
  }
}

function readLeaderChangeVoter(reader: Reader, version: number): LeaderChangeVoter {
  const voterId = reader.int32()
  const directory = version >= 1 ? { voterDirectoryId: reader.uuid() } : {}
  skipTags(reader)
  return { voterId, ...directory }
}

function readVoter(reader: Reader): KRaftVoter {
  const voterId = reader.int32()
  const voterDirectoryId = reader.uuid()
  const endpoints = readArray(reader, () => {
    const endpoint = { name: readText(reader), host: readText(reader), port: reader.uint16() }
    skipTags(reader)
    return endpoint
  })
  const kRaftVersionFeature = { minSupportedVersion: reader.int16(), maxSupportedVersion: reader.int16() }
  skipTags(reader)
  skipTags(reader)
  return { voterId, voterDirectoryId, endpoints, kRaftVersionFeature }
}

function readArray<T>(reader: Reader, read: () => T): T[] {
  const count = reader.uvarint() - 1
  if (count < 0 || count > reader.remaining) throw new MalformedBytes(`an array of ${count} elements`)
  return Array.from({ length: count }, read)
}

function readText(reader: Reader): string {
  const length = reader.uvarint() - 1
  if (length < 0) throw new MalformedBytes('no text where there has to be one')
  return reader.text(length)
}

function skipTags(reader: Reader): void {
  for (let left = reader.uvarint(); left > 0; left--) {
    reader.uvarint()
    reader.take(reader.uvarint())
  }
}

export function writeKRaftControl(record: KRaftControlRecord): Buffer {
  const writer = new Writer(64)
  writer.int16(record.version)
  switch (record.type) {
    case 'LEADER_CHANGE':
      writer.int32(record.leaderId)
      writeArray(writer, record.voters, (voter) => writeLeaderChangeVoter(writer, voter, record.version))
      writeArray(writer, record.grantingVoters, (voter) => writeLeaderChangeVoter(writer, voter, record.version))
      break
    case 'SNAPSHOT_HEADER':
      writer.int64(record.lastContainedLogTimestamp)
      break
    case 'KRAFT_VERSION':
      writer.int16(record.kRaftVersion)
      break
    case 'KRAFT_VOTERS':
      writeArray(writer, record.voters, (voter) => writeVoter(writer, voter))
      break
    case 'SNAPSHOT_FOOTER':
  }
  writeNoTags(writer)
  return writer.toBuffer()
}

function writeLeaderChangeVoter(writer: Writer, voter: LeaderChangeVoter, version: number): void {
  writer.int32(voter.voterId)
  if (version >= 1) writer.uuid(voter.voterDirectoryId ?? ZERO_UUID)
  writeNoTags(writer)
}

function writeVoter(writer: Writer, voter: KRaftVoter): void {
  writer.int32(voter.voterId)
  writer.uuid(voter.voterDirectoryId)
  writeArray(writer, voter.endpoints, ({ name, host, port }) => {
    writeText(writer, name)
    writeText(writer, host)
    writer.uint16(port)
    writeNoTags(writer)
  })
  writer.int16(voter.kRaftVersionFeature.minSupportedVersion)
  writer.int16(voter.kRaftVersionFeature.maxSupportedVersion)
  writeNoTags(writer)
  writeNoTags(writer)
}

function writeArray<T>(writer: Writer, elements: readonly T[], write: (element: T) => void): void {
  writer.uvarint(elements.length + 1)
  elements.forEach(write)
}

function writeText(writer: Writer, text: string): void {
  writer.uvarint(Buffer.byteLength(text) + 1)
  writer.text(text)
}

function writeNoTags(writer: Writer): void {
  writer.uvarint(0)
}
