import { MalformedBytes } from '../../bytes/malformed.js'
import { Reader } from '../../bytes/reader.js'
import { Writer } from '../../bytes/writer.js'
import { readMessage, writeMessage } from '../../protocol/codec.js'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../protocol/state/consumer-protocol.js'
import { byTopic, type TopicPartition } from '../topic-partition.js'

/** Members of a group tell each other these through the coordinator, which hands the bytes on unread. */
const VERSION = 3

export function subscriptionBytes(topics: readonly string[]): Buffer {
  const writer = new Writer()
  writer.int16(VERSION)
  writeMessage(ConsumerProtocolSubscription, VERSION, writer, { topics: [...topics].sort(), ownedPartitions: [] })
  return Buffer.concat(writer.chunks())
}

/** The topics that a member wants. Bytes that say nothing sensible want nothing. */
export function subscribedTopics(bytes: Buffer): string[] {
  return sensible(() => {
    const reader = new Reader(bytes)
    return readMessage(ConsumerProtocolSubscription, knownVersion(reader.int16()), reader).topics
  })
}

export function assignmentBytes(partitions: readonly TopicPartition[]): Buffer {
  const writer = new Writer()
  writer.int16(VERSION)
  const assignedPartitions = [...byTopic(partitions)].map(([topic, mine]) => ({
    topic,
    partitions: mine.map(({ partition }) => partition),
  }))
  writeMessage(ConsumerProtocolAssignment, VERSION, writer, { assignedPartitions })
  return Buffer.concat(writer.chunks())
}

export function assignedPartitions(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return []
  return sensible(() => {
    const reader = new Reader(bytes)
    const assignment = readMessage(ConsumerProtocolAssignment, knownVersion(reader.int16()), reader)
    return assignment.assignedPartitions.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    )
  })
}

/** What a later version adds stands at the end, so that the newest known one reads it too. */
function knownVersion(version: number): number {
  return Math.max(0, Math.min(VERSION, version))
}

function sensible<T>(read: () => T[]): T[] {
  try {
    return read()
  } catch (error) {
    if (error instanceof MalformedBytes) return []
    throw error
  }
}
