import type { Log } from '../base/log.js'
import { MalformedBytes } from '../bytes/malformed.js'
import type { Uuid } from '../bytes/uuid.js'
import { readCheckpoint, writeCheckpoint } from './checkpoint.js'
import type { Disk } from './disk.js'
import { partitionDirectoryName } from './partition-directory.js'

/** What an orderly stop leaves of one log. */
export interface RestingLog {
  readonly topicId: Uuid
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly sizeBytes: number
}

/** Of which there are no files yet. */
export function unmadeLog(topicId: Uuid): RestingLog {
  return { topicId, logStartOffset: 0, logEndOffset: 0, sizeBytes: 0 }
}

interface StoppedLog {
  readonly topic: string
  readonly partition: number
  /** Null for a log that cannot say: it is looked at again. */
  readonly resting: RestingLog | null
}

const RESTING_LOGS_FILE = 'klog-resting-logs'

/**
 * What the next start wants to know of every log, in one file beside the marker of an orderly stop: it then opens none before
 * somebody uses it. It belongs to the marker that names the same broker epoch: Apache Kafka may have run here in between.
 */
export function writeRestingLogs(
  disk: Disk,
  directory: string,
  brokerEpoch: number,
  logs: readonly StoppedLog[],
): void {
  const lines = [String(brokerEpoch)]
  for (const { topic, partition, resting } of logs)
    if (resting !== null) {
      const { topicId, logStartOffset, logEndOffset, sizeBytes } = resting
      lines.push([topic, partition, topicId, logStartOffset, logEndOffset, sizeBytes].join(' '))
    }
  writeCheckpoint(disk, `${directory}/${RESTING_LOGS_FILE}`, lines, true)
}

/** By the name of the partition's directory; empty where the last stop has left nothing. What is found counts once. */
export function takeRestingLogs(
  disk: Disk,
  directory: string,
  log: Log,
  stopped: { readonly brokerEpoch: number } | null,
): Map<string, RestingLog> {
  const path = `${directory}/${RESTING_LOGS_FILE}`
  const resting = new Map<string, RestingLog>()
  try {
    const [epoch, ...lines] = readCheckpoint(disk, path) ?? []
    disk.remove(path)
    if (stopped === null || epoch?.[0] !== String(stopped.brokerEpoch)) return resting
    for (const [topic, partition, topicId, ...numbers] of lines) {
      const [logStartOffset, logEndOffset, sizeBytes] = numbers.map(Number)
      if (numbers.length !== 3 || !numbers.every((each) => /^\d+$/.test(each)))
        throw new MalformedBytes(`${path} has a line that is no log`)
      const name = partitionDirectoryName(topic!, Number(partition))
      resting.set(name, {
        topicId: topicId!,
        logStartOffset: logStartOffset!,
        logEndOffset: logEndOffset!,
        sizeBytes: sizeBytes!,
      })
    }
    return resting
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    log.warn(`Looking at every log: ${error.message}`)
    return new Map()
  }
}
