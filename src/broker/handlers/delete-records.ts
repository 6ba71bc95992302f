import { isInternalTopic } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DeleteRecords } from '../../protocol/messages/delete-records.js'
import type { ReadRequest } from '../../protocol/schema.js'
import type { Broker } from '../broker.js'
import { handle } from '../handler.js'
import { locateLeader } from '../locate.js'
import type { Partition } from '../partition.js'
import { waitUntil } from '../waiting.js'

interface Deletion {
  readonly topic: string
  readonly partitionIndex: number
  readonly partition: Partition | null
  /** Where the log is to start at least; what has been reached already counts. */
  readonly target: number
  errorCode: ErrorCode
}

/** Raises the start of logs, and waits for all of their replicas to have done so. */
export const deleteRecords = handle(DeleteRecords, '0-2', async (request, { broker, connection, turns }) => {
  const deletions = await turns.map(lastOfEach(request), ({ topic, partitionIndex, offset }) =>
    begin(broker, topic, partitionIndex, offset),
  )
  const open = deletions.filter(isOpen)
  if (open.length > 0) {
    await waitUntil({
      clock: broker.clock,
      waitMs: request.timeoutMs,
      signals: open.map(({ partition }) => partition!.changes),
      isDone: () => open.every((deletion) => !isOpen(deletion)),
      onClose: (act) => connection.onClose(act),
    })
    for (const deletion of open) if (isOpen(deletion)) deletion.errorCode = ErrorCode.REQUEST_TIMED_OUT
  }
  return { topics: byTopic(deletions) }
})

function begin(broker: Broker, topic: string, partitionIndex: number, offset: number): Deletion {
  const failed = (errorCode: ErrorCode): Deletion => ({ topic, partitionIndex, partition: null, target: -1, errorCode })
  const known = broker.metadata.image.partition(topic, partitionIndex)
  if (known === null) return failed(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  if (isInternalTopic(topic)) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION)
  const partition = locateLeader(broker, topic, partitionIndex)
  if (typeof partition === 'number') return failed(partition)
  if (!partition.log.config.cleanupPolicy.has('delete')) return failed(ErrorCode.POLICY_VIOLATION)
  const target = offset === -1 ? partition.highWatermark : offset
  const errorCode = partition.deleteRecordsTo(target)
  return errorCode === ErrorCode.NONE ? { topic, partitionIndex, partition, target, errorCode } : failed(errorCode)
}

function isOpen({ partition, target, errorCode }: Deletion): boolean {
  if (partition === null || errorCode !== ErrorCode.NONE) return false
  return partition.isLeader && partition.lowWatermark < target
}

function byTopic(deletions: readonly Deletion[]) {
  const topics = new Map<string, { partitionIndex: number; lowWatermark: number; errorCode: ErrorCode }[]>()
  for (const deletion of deletions) {
    const { topic, partitionIndex, partition } = deletion
    const hasLeft = partition !== null && !partition.isLeader
    const errorCode = hasLeft ? ErrorCode.NOT_LEADER_OR_FOLLOWER : deletion.errorCode
    const lowWatermark = errorCode === ErrorCode.NONE ? partition!.lowWatermark : -1
    const answers = topics.get(topic)
    if (answers === undefined) topics.set(topic, [{ partitionIndex, lowWatermark, errorCode }])
    else answers.push({ partitionIndex, lowWatermark, errorCode })
  }
  return Array.from(topics, ([name, partitions]) => ({ name, partitions }))
}

/** Of several entries for one partition the last counts, as in Kafka. */
function lastOfEach({ topics }: ReadRequest<typeof DeleteRecords>) {
  const last = new Map<string, { topic: string; partitionIndex: number; offset: number }>()
  for (const { name: topic, partitions } of topics) {
    for (const { partitionIndex, offset } of partitions)
      last.set(`${topic} ${partitionIndex}`, { topic, partitionIndex, offset })
  }
  return [...last.values()]
}
