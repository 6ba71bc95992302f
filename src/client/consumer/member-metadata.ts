import { MalformedBytes } from '../../bytes/malformed.js'
import { Reader } from '../../bytes/reader.js'
import { Writer } from '../../bytes/writer.js'
import { readMessage, writeMessage } from '../../protocol/codec.js'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../protocol/state/consumer-protocol.js'
import { byTopic, type TopicPartition } from '../topic-partition.js'

/** Members of a group tell each other these through the coordinator, which hands the bytes on unread. */
const VERSION = 3

/** What a member wants to read, and what it holds. */
export interface MemberSubscription {
  readonly topics: readonly string[]
  readonly owned: readonly TopicPartition[]
  /** In which it was given what it owns; negative where it does not say. */
  readonly generationId: number
  readonly userData: Buffer | null
}

const WANTS_NOTHING: MemberSubscription = { topics: [], owned: [], generationId: -1, userData: null }

export function subscriptionBytes({ topics, owned, generationId, userData }: MemberSubscription): Buffer {
  const writer = new Writer()
  writer.int16(VERSION)
  writeMessage(ConsumerProtocolSubscription, VERSION, writer, {
    topics: [...topics].sort(),
    userData,
    ownedPartitions: topicsOf(owned),
    generationId,
  })
  return Buffer.concat(writer.chunks())
}

/** Bytes that say nothing sensible want nothing. */
export function readSubscription(bytes: Buffer): MemberSubscription {
  return sensible(WANTS_NOTHING, () => {
    const reader = new Reader(bytes)
    const read = readMessage(ConsumerProtocolSubscription, knownVersion(reader.int16()), reader)
    const { topics, ownedPartitions, generationId, userData } = read
    return { topics, owned: partitionsOf(ownedPartitions), generationId, userData }
  })
}

export function assignmentBytes(partitions: readonly TopicPartition[]): Buffer {
  const writer = new Writer()
  writer.int16(VERSION)
  writeMessage(ConsumerProtocolAssignment, VERSION, writer, { assignedPartitions: topicsOf(partitions) })
  return Buffer.concat(writer.chunks())
}

export function assignedPartitions(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return []
  return sensible([], () => {
    const reader = new Reader(bytes)
    return partitionsOf(
      readMessage(ConsumerProtocolAssignment, knownVersion(reader.int16()), reader).assignedPartitions,
    )
  })
}

interface TopicPartitions {
  topic: string
  partitions: number[]
}

function topicsOf(partitions: readonly TopicPartition[]): TopicPartitions[] {
  return [...byTopic(partitions)].map(([topic, mine]) => ({
    topic,
    partitions: mine.map(({ partition }) => partition),
  }))
}

function partitionsOf(topics: readonly TopicPartitions[]): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
}

/** What a later version adds stands at the end, so that the newest known one reads it too. */
function knownVersion(version: number): number {
  return Math.max(0, Math.min(VERSION, version))
}

function sensible<T>(otherwise: T, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof MalformedBytes) return otherwise
    throw error
  }
}
