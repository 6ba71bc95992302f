import * as header from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import { CheckedBytes } from './checked-bytes.js'
import { markDeleted } from './doomed-files.js'
import { SEGMENT_SUFFIXES, segmentFileName } from './file-names.js'
import { DEFAULT_LOG_CONFIG, type LogConfig } from './log-config.js'
import type { OffsetIndex } from './offset-index.js'
import type { LazyFile, OpenFiles } from './open-files.js'
import { PositionHints } from './position-hints.js'
import { areIndexesSound, openIndexes, type SegmentIndexes } from './segment-indexes.js'
import type { TimeIndex, TimestampOffset } from './time-index.js'
import { TransactionIndex } from './transaction-index.js'
import { writeFully } from './write-fully.js'

/** Offsets in the indexes are relative, 32 bits. */
export const OFFSET_SPAN_MAX = 2 ** 31 - 1
const NO_TIMESTAMP = -1
/** So much is looked through without asking an index first. */
const WALK_BYTES_MAX = 64 * 1024

/** What a segment must know of a batch that is about to be written, or has been. */
export interface BatchFacts {
  readonly sizeBytes: number
  readonly lastOffset: number
  readonly maxTimestamp: number
}

/** One stretch of a partition's log: the file of batches that begins at `baseOffset`, and its three indexes. */
export class Segment {
  readonly log: LazyFile
  readonly hints = new PositionHints()
  readonly checked = new CheckedBytes()
  #indexes: SegmentIndexes | null = null
  #transactions: TransactionIndex | null = null
  #sizeBytes: number | null = null
  #bytesSinceIndexEntry = 0
  #latest: TimestampOffset | null = null
  #firstTimestamp: number | null = null

  constructor(
    readonly files: OpenFiles,
    readonly directory: string,
    readonly baseOffset: number,
    /** When it was made or opened: what it rolls by as long as no record carries a time. */
    readonly createdMs: number,
    /** How much earlier than `segment.ms` it rolls. */
    readonly rollJitterMs = 0,
    /** What its files' names end in while it is not yet part of the log, e.g. `.cleaned`. */
    readonly ending = '',
  ) {
    this.log = files.file(this.#path('log'))
  }

  /** Makes the empty files of a new segment; what lies there under the same name is cut to nothing. */
  create(): void {
    this.log.create()
    this.clearIndexes()
    this.transactions.truncateTo(Number.NEGATIVE_INFINITY)
  }

  /** Bytes of batches that have been written. */
  get sizeBytes(): number {
    this.#sizeBytes ??= this.files.disk.stat(this.log.path)?.sizeBytes ?? 0
    return this.#sizeBytes
  }

  get offsetIndex(): OffsetIndex {
    return this.#opened().offsets
  }

  get timeIndex(): TimeIndex {
    return this.#opened().times
  }

  get transactions(): TransactionIndex {
    this.#transactions ??= new TransactionIndex(this.files.file(this.#path('txnindex')))
    return this.#transactions
  }

  /** The largest timestamp in here, and the last offset of the first batch that carries it; -1 where there is none. */
  get latest(): TimestampOffset {
    this.#latest ??= this.#findLatest()
    return this.#latest
  }

  /** That of the first batch; -1 where there is none. */
  get firstTimestamp(): number {
    return this.#first([])
  }

  /** What retention goes by: the largest timestamp, or when the file was last changed where records carry none. */
  get largestTimestamp(): number {
    const { timestamp } = this.latest
    return timestamp >= 0 ? timestamp : (this.files.disk.stat(this.log.path)?.modifiedMs ?? this.createdMs)
  }

  /** Whether a batch belongs into a new segment, `queued` being those that are on their way into this one. */
  mustRollBefore(
    batch: BatchFacts,
    queued: readonly BatchFacts[],
    queuedBytes: number,
    config: LogConfig,
    nowMs: number,
  ) {
    const sizeBytes = this.sizeBytes + queuedBytes
    if (sizeBytes === 0) return batch.lastOffset - this.baseOffset > OFFSET_SPAN_MAX
    return (
      sizeBytes > config.segmentBytes - batch.sizeBytes ||
      this.#waitedMs(batch, queued, nowMs) > segmentMsOf(config) - this.rollJitterMs ||
      batch.lastOffset - this.baseOffset > OFFSET_SPAN_MAX ||
      this.offsetIndex.isFull(config.segmentIndexBytes, 0) ||
      this.timeIndex.isFull(config.segmentIndexBytes, 0)
    )
  }

  /** Whether the indexes might fill up under the batches on their way: they must be accounted for first. */
  indexesNearlyFull(queuedCount: number, config: LogConfig): boolean {
    return (
      this.offsetIndex.isFull(config.segmentIndexBytes, queuedCount) ||
      this.timeIndex.isFull(config.segmentIndexBytes, queuedCount)
    )
  }

  /**
   * Writes batches at the end, in one piece.
   * @throws when not all could be written; the file is then as long as before.
   */
  write(chunks: Buffer[], sizeBytes: number): void {
    const position = this.sizeBytes
    const file = this.log.useAlone()
    try {
      writeFully(file, chunks, sizeBytes, position)
      this.checked.wrote(position)
    } catch (error) {
      file.truncate(position)
      throw error
    }
  }

  /**
   * Takes a written batch into the account: size and indexes. Kafka's rule: an entry comes before a batch when more than
   * `indexIntervalBytes` have gone by since the last one, and points at that batch by its last offset.
   */
  account(batch: BatchFacts, indexIntervalBytes: number): void {
    const position = this.sizeBytes
    if (this.#firstTimestamp === null && position === 0) this.#firstTimestamp = batch.maxTimestamp
    if (batch.maxTimestamp > this.latest.timestamp)
      this.#latest = { timestamp: batch.maxTimestamp, offset: batch.lastOffset }
    if (this.#bytesSinceIndexEntry > indexIntervalBytes) {
      this.offsetIndex.add(batch.lastOffset, position)
      this.timeIndex.addIfLater(this.latest.timestamp, this.latest.offset)
      this.#bytesSinceIndexEntry = 0
    }
    this.#bytesSinceIndexEntry += batch.sizeBytes
    this.#sizeBytes = position + batch.sizeBytes
  }

  /** A position at or before the batch that holds `offset`. */
  positionBefore(offset: number): number {
    if (offset <= this.baseOffset) return 0
    return this.hints.find(offset) ?? this.offsetIndex.lookup(offset).position
  }

  /** Where the first batch begins that ends at or after `offset`; the segment's size when there is none. */
  positionOf(offset: number): number {
    const start = this.positionBefore(offset)
    const position = walkBatches(
      this.log,
      { start, end: this.sizeBytes, whole: false, pieceBytes: 16 * 1024 },
      (bytes, at) => header.lastOffsetAt(bytes, at) < offset,
    )
    this.hints.remember(offset, position)
    return position
  }

  /** The offset after the last batch, found by walking over the tail; and where that batch ends. */
  findEnd(): { nextOffset: number; position: number } {
    let nextOffset = this.baseOffset
    if (this.sizeBytes === 0) return { nextOffset, position: 0 }
    // A short file is read faster than its index.
    const start = this.sizeBytes <= WALK_BYTES_MAX ? 0 : (this.offsetIndex.last()?.position ?? 0)
    const position = walkBatches(this.log, { start, end: this.sizeBytes, whole: false }, (bytes, at) => {
      nextOffset = header.lastOffsetAt(bytes, at) + 1
      return true
    })
    return { nextOffset, position }
  }

  /** Cuts off the batch that holds `offset` and everything after it. */
  truncateTo(offset: number): void {
    const position = this.positionOf(offset)
    if (position < this.sizeBytes) this.log.useAlone().truncate(position)
    this.offsetIndex.truncateTo(offset)
    this.timeIndex.truncateTo(offset)
    this.transactions.truncateTo(offset)
    this.hints.clear()
    this.#sizeBytes = position
    this.#bytesSinceIndexEntry = 0
    this.#latest = null
    if (position === 0) this.#firstTimestamp = null
  }

  /** Empties offset and time index, and the account that `account` fills again. */
  clearIndexes(): void {
    this.#indexes ??= openIndexes(this.files, (suffix) => this.#path(suffix), this.baseOffset)
    this.#indexes.offsets.entries.create()
    this.#indexes.times.entries.create()
    this.hints.clear()
    this.#bytesSinceIndexEntry = 0
    this.#sizeBytes = 0
    this.#latest = { timestamp: NO_TIMESTAMP, offset: this.baseOffset }
    this.#firstTimestamp = null
  }

  /** Whether its index files are there and empty, as those of a segment that nothing was written to. */
  get isWithoutEntries(): boolean {
    const { disk } = this.files
    return (
      disk.stat(this.#path('index'))?.sizeBytes === 0 &&
      disk.stat(this.#path('timeindex'))?.sizeBytes === 0 &&
      disk.stat(this.#path('txnindex')) === null
    )
  }

  /** Adds the last entry to the time index and writes out what waits: before the segment is left, or closed. */
  seal(): void {
    if (this.#latest !== null) this.timeIndex.addIfLater(this.#latest.timestamp, this.#latest.offset)
    this.saveIndexes()
  }

  saveIndexes(): void {
    if (this.#indexes === null) return
    this.#indexes.offsets.entries.save()
    this.#indexes.times.entries.save()
  }

  /**
   * Makes the batches durable; with `indexes`, which recovery can build again, those too. Aborted transactions always: they
   * are no longer looked for once the recovery point is beyond them.
   */
  flush(indexes: boolean): void {
    this.log.use().sync()
    this.#transactions?.sync()
    if (!indexes) return
    this.saveIndexes()
    for (const file of this.#indexFiles()) file.use().sync()
  }

  /** As `flush` with indexes, off the main thread. */
  async flushLater(): Promise<void> {
    this.saveIndexes()
    for (const { path } of [this.log, ...this.#indexFiles()]) await this.files.disk.syncFile(path)
  }

  /** Brings the batches onto the device, off the main thread; the segment may go on growing. */
  async syncLater(): Promise<void> {
    await this.files.disk.syncFile(this.log.path)
  }

  close(): void {
    for (const file of [this.log, ...this.#indexFiles()]) file.close()
  }

  /** Renames its files so that the next start removes them, and says what to remove after a while. */
  markDeleted(): string[] {
    this.close()
    return markDeleted(this.files.disk, this.paths)
  }

  /** Removes its files at once. */
  remove(): void {
    this.close()
    for (const path of this.paths) this.files.disk.remove(path)
  }

  /** A snapshot has the same files from here on. */
  markShared(): void {
    for (const file of [this.log, this.transactions.file, ...this.#indexFiles()]) file.markShared()
  }

  /** Where its files lie, if they are there: the batches, then the indexes. */
  get paths(): readonly string[] {
    return SEGMENT_SUFFIXES.map((suffix) => this.#path(suffix))
  }

  #waitedMs(batch: BatchFacts, queued: readonly BatchFacts[], nowMs: number): number {
    const first = this.#first(queued)
    return first >= 0 ? batch.maxTimestamp - first : nowMs - this.createdMs
  }

  #first(queued: readonly BatchFacts[]): number {
    if (this.#firstTimestamp !== null) return this.#firstTimestamp
    if (this.sizeBytes === 0) return queued[0]?.maxTimestamp ?? NO_TIMESTAMP
    this.#firstTimestamp = NO_TIMESTAMP
    walkBatches(this.log, { start: 0, end: this.sizeBytes, whole: false, pieceBytes: 64 }, (bytes, at) => {
      this.#firstTimestamp = header.maxTimestampAt(bytes, at)
      return false
    })
    return this.#firstTimestamp
  }

  #findLatest(): TimestampOffset {
    let latest = this.timeIndex.last() ?? { timestamp: NO_TIMESTAMP, offset: this.baseOffset }
    const start = this.offsetIndex.lookup(latest.offset).position
    walkBatches(this.log, { start, end: this.sizeBytes, whole: false }, (bytes, at) => {
      const timestamp = header.maxTimestampAt(bytes, at)
      if (timestamp > latest.timestamp) latest = { timestamp, offset: header.lastOffsetAt(bytes, at) }
      return true
    })
    return latest
  }

  /** The indexes, looked over when they are first used: what a crash or a hand has damaged is built again. */
  #opened(): SegmentIndexes {
    if (this.#indexes === null) {
      const { sizeBytes } = this
      this.#indexes = openIndexes(this.files, (suffix) => this.#path(suffix), this.baseOffset)
      if (!areIndexesSound(this.#indexes, this.log, sizeBytes)) this.#rebuildIndexes(sizeBytes)
    }
    return this.#indexes
  }

  #rebuildIndexes(sizeBytes: number): void {
    const { disk, log } = this.files
    // A snapshot leaves both out.
    const areThere = disk.stat(this.#path('index')) !== null || disk.stat(this.#path('timeindex')) !== null
    const what = `Building the indexes of ${this.log.path} again`
    if (areThere) log.warn(`${what}: they are not those of its batches`)
    else log.info(`${what}: there are none`)
    this.clearIndexes()
    walkBatches(this.log, { start: 0, end: sizeBytes, whole: false }, (bytes, at) => {
      this.account(
        {
          sizeBytes: header.sizeAt(bytes, at),
          lastOffset: header.lastOffsetAt(bytes, at),
          maxTimestamp: header.maxTimestampAt(bytes, at),
        },
        DEFAULT_LOG_CONFIG.indexIntervalBytes,
      )
      return true
    })
    this.#sizeBytes = sizeBytes
    this.seal()
  }

  /** Those index files that have been used. */
  #indexFiles(): LazyFile[] {
    const files = this.#indexes === null ? [] : [this.#indexes.offsets.entries.file, this.#indexes.times.entries.file]
    const { sizeBytes } = this.#transactions ?? { sizeBytes: 0 }
    return sizeBytes === 0 ? files : [...files, this.transactions.file]
  }

  /** Drops index entries that wait, after a failure that makes them meaningless. */
  discardWaiting(): void {
    this.#indexes?.offsets.entries.discard()
    this.#indexes?.times.entries.discard()
  }

  #path(suffix: (typeof SEGMENT_SUFFIXES)[number]): string {
    return `${this.directory}/${segmentFileName(this.baseOffset, suffix)}${this.ending}`
  }
}

/** A compacted topic's records may not wait longer for their compaction than it says. */
function segmentMsOf(config: LogConfig): number {
  return config.cleanupPolicy.has('compact') ? Math.min(config.segmentMs, config.maxCompactionLagMs) : config.segmentMs
}
