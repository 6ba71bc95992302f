import { ErrorCode } from '../protocol/errors.js'
import { ListOffsets } from '../protocol/messages/list-offsets.js'
import type { BrokerConnection } from './broker-connection.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { KafkaError } from './kafka-error.js'
import { callLeaders } from './leader-calls.js'
import type { OffsetQuestion } from './log-offsets.js'
import { byTopic, partitionName } from './topic-partition.js'

export const MAX_TIMESTAMP = -3
export const EARLIEST_LOCAL = -4
export const LATEST_TIERED = -5
export const EARLIEST_PENDING_UPLOAD = -6

/** The version of ListOffsets that knows a time of its own. */
const NEEDED_VERSION = new Map([
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
])

/** By `topic-partition` the offset, null where no record has that time, or why the leader does not say. */
export async function findOffsets(
  client: ClusterClient,
  questions: readonly OffsetQuestion[],
): Promise<Map<string, number | null | KafkaError>> {
  return await callLeaders(client, questions, { name: 'listOffsets', api: 'LIST_OFFSETS', ask })
}

async function ask(
  { connection, broker, timeoutMs }: Attempt,
  questions: readonly OffsetQuestion[],
): Promise<Map<string, number | null | KafkaError>> {
  for (const { timestamp } of questions) requireVersion(connection, timestamp, broker?.id ?? -1)
  const topics = [...byTopic(questions)].map(([name, items]) => ({
    name,
    partitions: items.map(({ partition, timestamp }) => ({ partitionIndex: partition, timestamp })),
  }))
  const request = { replicaId: -1, isolationLevel: 0, topics, timeoutMs: Math.round(timeoutMs) }
  const response = await connection.call(ListOffsets, request, { timeoutMs })
  return new Map(
    response.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, errorCode, offset }) => [
        partitionName({ topic: name, partition: partitionIndex }),
        errorCode !== ErrorCode.NONE ? new KafkaError(errorCode) : offset < 0 ? null : offset,
      ]),
    ),
  )
}

/** @throws KafkaError when the broker is too old for what is asked. */
function requireVersion(connection: BrokerConnection, timestamp: number, broker: number): void {
  const needed = NEEDED_VERSION.get(timestamp)
  const version = connection.version(ListOffsets)
  if (needed === undefined || version === null || version >= needed) return
  throw new KafkaError(
    ErrorCode.UNSUPPORTED_VERSION,
    timestamp === MAX_TIMESTAMP
      ? `Broker ${broker} does not support MAX_TIMESTAMP offset specs`
      : `The node does not support LIST_OFFSETS with version in range [${needed},${ListOffsets.maxVersion}]. The newest that it has is ${version}.`,
  )
}
