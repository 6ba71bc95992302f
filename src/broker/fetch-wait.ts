import type { Clock } from '../base/clock.js'
import { ErrorCode } from '../protocol/errors.js'
import { type FetchReader, type PartitionFetch, readableEnd, refusesFetch } from './fetch-read.js'
import type { AskedPartition } from './fetch-session.js'
import type { Connection } from './handler.js'
import type { Partition } from './partition.js'
import { type WaitOutcome, waitUntil } from './waiting.js'

/** A partition that a Fetch request waits for, and what a first look has found there. */
export interface FetchTarget {
  readonly partition: Partition
  readonly asked: AskedPartition
  readonly found: PartitionFetch
}

export interface FetchWait {
  readonly reader: FetchReader
  readonly targets: readonly FetchTarget[]
  readonly minBytes: number
  readonly waitMs: number
  readonly clock: Clock
  readonly connection: Connection
  /** Whether what can be read of a partition is kept from the reader at the moment. */
  isHeldBack(partition: Partition): boolean
}

/**
 * Parks a Fetch request until there is enough to read, or a partition has changed in such a way that waiting makes no sense.
 * Each change is looked at alone: the request may be about thousands of partitions.
 */
export function waitForBytes(wait: FetchWait): Promise<WaitOutcome> {
  const { targets, reader, minBytes } = wait
  const readable = targets.map(({ found }) => found.read?.sizeBytes ?? 0)
  const segments = targets.map(({ partition }) => partition.log.segments.length)
  let total = readable.reduce((sum, bytes) => sum + bytes, 0)
  const isDone = (index: number): boolean => {
    const target = targets[index]!
    if (target.partition.highWatermark > target.asked.highWatermark) return true
    if (hasTurned(target, reader)) return true
    const isHeldBack = wait.isHeldBack(target.partition)
    if (!isHeldBack && target.partition.log.segments.length !== segments[index]) return true
    const bytes = isHeldBack ? 0 : readableBytes(target, reader)
    total += bytes - readable[index]!
    readable[index] = bytes
    return total >= minBytes
  }
  return waitUntil({
    clock: wait.clock,
    waitMs: wait.waitMs,
    signals: targets.map(({ partition }) => partition.changes),
    isDone,
    onClose: (act) => wait.connection.onClose(act),
  })
}

/** Leadership has moved, the log was cut or has failed: the answer will say so. */
function hasTurned({ partition, asked }: FetchTarget, reader: FetchReader): boolean {
  const { log } = partition
  return (
    refusesFetch(partition, asked, reader) !== ErrorCode.NONE ||
    asked.fetchOffset < log.logStartOffset ||
    asked.fetchOffset > log.logEndOffset
  )
}

function readableBytes({ partition, asked }: FetchTarget, reader: FetchReader): number {
  const endOffset = readableEnd(partition, reader)
  if (endOffset <= asked.fetchOffset) return 0
  return Math.min(asked.partitionMaxBytes, partition.log.bytesBetween(asked.fetchOffset, endOffset))
}
