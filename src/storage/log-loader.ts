import { MalformedBytes } from '../bytes/malformed.js'
import type { Uuid } from '../bytes/uuid.js'
import * as header from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import type { Disk } from './disk.js'
import type { StorageEnvironment } from './environment.js'
import { parseSegmentFileName } from './file-names.js'
import { LEADER_EPOCH_FILE, LeaderEpochCache } from './leader-epoch-cache.js'
import { settleLeftovers } from './leftovers.js'
import type { LogConfig } from './log-config.js'
import { mendTransactionIndexes } from './mend-transactions.js'
import { PARTITION_METADATA_FILE, writePartitionMetadata } from './partition-metadata.js'
import { ProducerSnapshots } from './producer-snapshots.js'
import { ProducerStates } from './producer-states.js'
import { recoverSegments } from './recovery.js'
import { Segment } from './segment.js'
import { Segments } from './segments.js'

export interface LoadInput {
  readonly environment: StorageEnvironment
  readonly directory: string
  /** Written into the directory where it does not say which topic it is of. */
  readonly topicId?: Uuid
  readonly config: LogConfig
  /** As checkpointed; 0 where that is not known. */
  readonly logStartOffset: number
  /** Up to where everything is known to be on the device. */
  readonly recoveryPoint: number
  readonly wasCleanShutdown: boolean
  readonly producerIdleMs: number
}

export interface LoadedLog {
  readonly segments: Segments
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly snapshots: ProducerSnapshots
  /** Null where nothing had to be recovered: then they are read when they are first needed. */
  readonly recovered: { readonly epochs: LeaderEpochCache; readonly producers: ProducerStates } | null
}

/** Opens a partition's directory, made by us or by Apache Kafka; mends it where the last run did not end well. */
export function loadLog(input: LoadInput): LoadedLog {
  const { environment, directory } = input
  const names = settleLeftovers(environment.files, directory, listOrMake(environment.disk, directory))
  if (input.topicId !== undefined && !names.includes(PARTITION_METADATA_FILE))
    writePartitionMetadata(environment.disk, directory, input.topicId)
  const snapshots = new ProducerSnapshots(environment, directory, names, input.producerIdleMs)
  const segments = openSegments(input, names)
  const sound = input.wasCleanShutdown ? endOf(segments.active) : null
  const loaded = sound === null ? recover(input, names, segments, snapshots) : { logEndOffset: sound, recovered: null }
  mendTransactionIndexes(environment, segments, names, snapshots, loaded.logEndOffset)
  const logStartOffset = Math.max(input.logStartOffset, segments.first.baseOffset)
  if (loaded.logEndOffset >= logStartOffset) return { segments, logStartOffset, snapshots, ...loaded }
  return startOver(input, segments, snapshots, logStartOffset)
}

/** Reads a log that is open as after a crash. */
export function loadLogAgain(
  open: Pick<LoadInput, 'environment' | 'directory' | 'config' | 'logStartOffset'> & { readonly segments: Segments },
  recoveryPoint: number,
  producerIdleMs: number,
): LoadedLog {
  for (const segment of open.segments.all) segment.close()
  const { environment, directory, config, logStartOffset } = open
  const input = { environment, directory, config, logStartOffset, recoveryPoint, producerIdleMs }
  return loadLog({ ...input, wasCleanShutdown: false })
}

function listOrMake(disk: Disk, directory: string): string[] {
  const names = disk.list(directory)
  if (names === null) disk.makeDirectory(directory)
  return names ?? []
}

/** A segment that can be written to. */
export function newSegment(environment: StorageEnvironment, directory: string, baseOffset: number, config: LogConfig) {
  const segment = openSegment(environment, directory, baseOffset, config)
  segment.create()
  return segment
}

/** The epochs of a log from their file, made to agree with its bounds; from the batches where the file is of no use. */
export function loadEpochs(
  environment: StorageEnvironment,
  directory: string,
  segments: Segments,
  bounds: { logStartOffset: number; logEndOffset: number },
): LeaderEpochCache {
  const epochs = new LeaderEpochCache(environment.disk, `${directory}/${LEADER_EPOCH_FILE}`)
  if (!loadIfSound(epochs, environment)) collectEpochs(segments, epochs)
  epochs.truncateFromEnd(bounds.logEndOffset)
  epochs.truncateFromStart(bounds.logStartOffset)
  return epochs
}

function openSegments({ environment, directory, config, logStartOffset }: LoadInput, names: string[]): Segments {
  const files = names.map((name) => ({ name, parsed: parseSegmentFileName(name) }))
  const bases = files.filter(({ parsed }) => parsed?.suffix === 'log').map(({ parsed }) => parsed!.baseOffset)
  for (const { name, parsed } of files)
    if (parsed !== null && /^(time|txn)?index$/.test(parsed.suffix) && !bases.includes(parsed.baseOffset)) {
      environment.log.warn(`Removing ${directory}/${name}: there is no segment that it belongs to`)
      environment.disk.remove(`${directory}/${name}`)
    }
  if (bases.length === 0) return new Segments([newSegment(environment, directory, logStartOffset, config)])
  bases.sort((a, b) => a - b)
  return new Segments(bases.map((base) => openSegment(environment, directory, base, config)))
}

function openSegment(environment: StorageEnvironment, directory: string, baseOffset: number, config: LogConfig) {
  const { files, clock, random } = environment
  const jitterMs = config.segmentJitterMs > 0 ? random.int(Math.min(config.segmentJitterMs, 2 ** 48)) : 0
  return new Segment(files, directory, baseOffset, clock.now(), jitterMs)
}

/** The offset after the last batch; null when the segment does not end with a batch. */
function endOf(active: Segment): number | null {
  const { nextOffset, position } = active.findEnd()
  return position === active.sizeBytes ? nextOffset : null
}

function recover(input: LoadInput, names: readonly string[], segments: Segments, snapshots: ProducerSnapshots) {
  const { environment, directory } = input
  // After an orderly stop only the last segment can be wrong, by the hand of somebody else.
  const first = input.wasCleanShutdown ? segments.active : segments.from(input.recoveryPoint)[0]!
  const epochs = new LeaderEpochCache(environment.disk, `${directory}/${LEADER_EPOCH_FILE}`)
  // To look for a file that is not there costs an exception, and most of ten thousand partitions have no records.
  const isKnown = names.includes(LEADER_EPOCH_FILE) && loadIfSound(epochs, environment)
  if (!isKnown) collectEpochs(segments, epochs, first.baseOffset)
  const producers = snapshots.load(segments, first.baseOffset)
  const { indexIntervalBytes } = input.config
  const context = { environment, epochs, producers, snapshots, indexIntervalBytes }
  const logEndOffset = recoverSegments(segments, first, context)
  snapshots.removeAfter(logEndOffset)
  epochs.truncateFromEnd(logEndOffset)
  epochs.truncateFromStart(Math.max(input.logStartOffset, segments.first.baseOffset))
  epochs.save(logEndOffset, true)
  return { logEndOffset, recovered: { epochs, producers } }
}

/** The log is known to begin after everything that it holds: what is left of it is of no use. */
function startOver(
  { environment, directory, config }: LoadInput,
  segments: Segments,
  snapshots: ProducerSnapshots,
  logStartOffset: number,
): LoadedLog {
  environment.log.warn(`Starting ${directory} over at its log start offset ${logStartOffset}: it ended before that`)
  for (const segment of segments.all) segment.remove()
  snapshots.removeAll()
  const epochs = new LeaderEpochCache(environment.disk, `${directory}/${LEADER_EPOCH_FILE}`)
  return {
    segments: new Segments([newSegment(environment, directory, logStartOffset, config)]),
    logStartOffset,
    logEndOffset: logStartOffset,
    snapshots,
    recovered: { epochs, producers: new ProducerStates() },
  }
}

/** False when the file is missing or cannot be read. */
function loadIfSound(epochs: LeaderEpochCache, { log }: StorageEnvironment): boolean {
  try {
    return epochs.load()
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    log.warn(`Building the leader epochs again from the log: ${error.message}`)
    return false
  }
}

/** Finds the epochs in the batches up to the segment that begins at `endOffset`. */
function collectEpochs(segments: Segments, epochs: LeaderEpochCache, endOffset = Number.POSITIVE_INFINITY): void {
  for (const segment of segments.all) {
    if (segment.baseOffset >= endOffset) return
    walkBatches(segment.log, { start: 0, end: segment.sizeBytes, whole: false }, (bytes, at) => {
      const epoch = header.leaderEpochAt(bytes, at)
      if (epoch > epochs.latestEpoch) epochs.assign(epoch, header.baseOffsetAt(bytes, at))
      return true
    })
  }
}
