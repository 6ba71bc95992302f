import type { Log } from '../../src/base/log.js'
import type { RecordInput } from '../../src/records/builder.js'
import { buildBatch } from '../../src/records/builder.js'
import type { EnvironmentInput } from '../../src/storage/environment.js'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../src/storage/log-config.js'
import {
  type AppendOptions,
  type LogLocation,
  type OpenLogInput,
  PartitionLog,
} from '../../src/storage/partition-log.js'
import { ManualClock } from '../support/manual-clock.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'

export const DIRECTORY = '/logs/t-0'
/** The manual clock's start. */
export const NOW = 1_700_000_000_000
export const FROM_CLIENT: AppendOptions = { leaderEpoch: 0, origin: 'client' }

export interface Bench {
  readonly disk: MemoryDisk
  readonly clock: ManualClock
  readonly log: RecordedLog
}

export function bench(disk = new MemoryDisk()): Bench {
  return { disk, clock: new ManualClock(NOW), log: new RecordedLog() }
}

/** Log lines, kept. */
export class RecordedLog implements Log {
  level = 'DEBUG' as const
  readonly lines: string[] = []

  debug(message: string): void {
    this.lines.push(message)
  }

  info(message: string): void {
    this.lines.push(message)
  }

  warn(message: string): void {
    this.lines.push(message)
  }

  error(message: string): void {
    this.lines.push(message)
  }

  named(): Log {
    return this
  }
}

type LogSettings = Partial<LogConfig> & Partial<Omit<LogLocation & EnvironmentInput, 'config'>>

/** Opens the one log of a bench; a setting is a topic setting or an argument of `open`. */
export function openLog(on: Bench, settings: LogSettings = {}): PartitionLog {
  const config = { ...DEFAULT_LOG_CONFIG }
  const rest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(settings))
    if (name in config) (config as Record<string, unknown>)[name] = value
    else rest[name] = value
  return PartitionLog.open({
    ...on,
    random: seededRandom(1),
    directory: DIRECTORY,
    topic: 't',
    partition: 0,
    wasCleanShutdown: true,
    ...rest,
    config,
  } as OpenLogInput)
}

export interface BatchShape extends Partial<Omit<Parameters<typeof buildBatch>[0], 'records'>> {
  readonly count?: number
  readonly timestamp?: number
  readonly valueBytes?: number
  readonly records?: readonly RecordInput[]
}

/** A batch of records that say nothing. */
export function aBatch({ count = 1, timestamp = NOW, valueBytes = 10, ...rest }: BatchShape = {}): Buffer {
  const value = Buffer.alloc(valueBytes, 'v')
  const records = Array.from({ length: count }, () => ({ timestamp, key: null, value }))
  return buildBatch({ records, ...rest })
}

/** Appends and writes; throws where the log refuses. Returns the first offset. */
export function append(log: PartitionLog, shape: BatchShape = {}, options: Partial<AppendOptions> = {}): number {
  const result = log.append(aBatch(shape), { ...FROM_CLIENT, ...options })
  if (result.error !== undefined) throw new Error(result.error)
  log.flushQueued()
  return result.baseOffset
}

/** Everything from the log start on, in one piece. */
export function everythingIn(log: PartitionLog): Buffer {
  const chunks: Buffer[] = []
  for (let offset = log.logStartOffset; offset < log.logEndOffset; ) {
    const read = log.read(offset, 1000, { endOffset: log.logEndOffset, minOneBatch: true })
    chunks.push(...read.chunks.map((chunk) => Buffer.from(chunk)))
    if (read.nextOffset === offset) break
    offset = read.nextOffset
    read.release()
  }
  return Buffer.concat(chunks)
}
