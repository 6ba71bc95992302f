import type { Log } from '../base/log.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Partition } from './partition.js'

/** What is answered for a partition whose log could not be read: the others are not concerned. */
export function unreadable(partition: Partition, error: unknown, log: Log): ErrorCode {
  const reason = error instanceof Error ? error.message : String(error)
  log.error(`Reading ${partition.name} failed: ${reason}`)
  return error instanceof MalformedBytes ? ErrorCode.CORRUPT_MESSAGE : ErrorCode.KAFKA_STORAGE_ERROR
}
