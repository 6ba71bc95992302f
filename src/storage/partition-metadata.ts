import { MalformedBytes } from '../bytes/malformed.js'
import type { Uuid } from '../bytes/uuid.js'
import { replaceFile } from './atomic-file.js'
import type { Disk } from './disk.js'

export const PARTITION_METADATA_FILE = 'partition.metadata'

/** The id of the topic that a partition's directory belongs to; null when it does not say. @throws MalformedBytes */
export function readPartitionMetadata(disk: Disk, directory: string): Uuid | null {
  const path = `${directory}/${PARTITION_METADATA_FILE}`
  const bytes = disk.readFile(path)
  if (bytes === null) return null
  const match = /^version: (\d+)\r?\ntopic_id: ([A-Za-z0-9_-]{22})\s*$/.exec(bytes.toString('latin1'))
  if (match?.[1] !== '0') throw new MalformedBytes(`${path} cannot be understood`)
  return match[2]!
}

/**
 * Must be there before the first batch: a directory without it could be taken for an older topic of the same name. After a
 * power failure it may be lost, and with it nothing that was on the device: batches do not get there sooner.
 */
export function writePartitionMetadata(disk: Disk, directory: string, topicId: Uuid): void {
  const text = `version: 0\ntopic_id: ${topicId}`
  replaceFile(disk, `${directory}/${PARTITION_METADATA_FILE}`, Buffer.from(text), false)
}
