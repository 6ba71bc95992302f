import { int64At } from '../../bytes/reader.js'
import * as header from '../batch-header.js'
import type { Disk } from '../disk.js'
import { type SegmentSuffix, segmentFileName } from '../file-names.js'
import { OFFSET_ENTRY_BYTES } from '../offset-index.js'
import { TIME_ENTRY_BYTES } from '../time-index.js'
import { wrongInIndex } from '../transaction-index.js'
import type { Finding } from './finding.js'

const IS_REBUILT = 'It is built again from the segment when it is next used.'
const ABORTED_ARE_FOUND =
  'The next start builds it again from the log; until then consumers of committed records may get aborted ones.'

interface Entries {
  readonly path: string
  readonly bytes: Buffer
  readonly entryBytes: number
  next: number
}

/** Compares the indexes of a segment with its batches, both in the order of the file. */
export class IndexCheck {
  readonly #offsets: Entries | null
  readonly #times: Entries | null

  constructor(
    readonly input: {
      readonly disk: Disk
      readonly directory: string
      readonly baseOffset: number
      readonly isLast: boolean
      readonly find: (finding: Finding) => void
    },
  ) {
    this.#offsets = this.#entriesOf('index', OFFSET_ENTRY_BYTES)
    this.#times = this.#entriesOf('timeindex', TIME_ENTRY_BYTES)
  }

  /** The next batch of the segment. */
  see(bytes: Buffer, at: number, position: number): void {
    this.#seeOffsets(header.baseOffsetAt(bytes, at), position)
    this.#seeTimes(header.lastOffsetAt(bytes, at), header.maxTimestampAt(bytes, at))
  }

  /** There are no more batches: the segment ends before `endOffset`. */
  finish(endOffset: number): void {
    const { find } = this.input
    for (const entries of [this.#offsets, this.#times])
      if (entries !== null && entries.next < entries.bytes.length)
        find({ path: entries.path, what: 'points beyond the end of the segment', nextStep: IS_REBUILT })
    this.#checkAborted(endOffset)
  }

  /** An entry names the last offset of what was written together with the batch that it points at. */
  #seeOffsets(firstOffset: number, position: number): void {
    const entries = this.#offsets
    if (entries === null || entries.next >= entries.bytes.length) return
    const offset = this.input.baseOffset + entries.bytes.readInt32BE(entries.next)
    const pointsAt = entries.bytes.readInt32BE(entries.next + 4)
    if (pointsAt > position) return
    if (pointsAt === position && firstOffset <= offset) entries.next += entries.entryBytes
    else this.#giveUp(entries, `its entry for offset ${offset} points at position ${pointsAt}, where it is not`)
  }

  #seeTimes(lastOffset: number, maxTimestamp: number): void {
    const entries = this.#times
    if (entries === null || entries.next >= entries.bytes.length) return
    const timestamp = int64At(entries.bytes, entries.next)
    const offset = this.input.baseOffset + entries.bytes.readInt32BE(entries.next + 8)
    if (offset > lastOffset) return
    // A segment without times has one entry that says so.
    if (timestamp <= 0 || maxTimestamp === timestamp) entries.next += entries.entryBytes
    else this.#giveUp(entries, `its entry for timestamp ${timestamp} names offset ${offset}, which has another`)
  }

  #giveUp(entries: Entries, what: string): void {
    entries.next = entries.bytes.length
    this.input.find({ path: entries.path, what, nextStep: IS_REBUILT })
  }

  #entriesOf(suffix: SegmentSuffix, entryBytes: number): Entries | null {
    const { disk, directory, baseOffset, isLast, find } = this.input
    const path = `${directory}/${segmentFileName(baseOffset, suffix)}`
    const bytes = disk.readFile(path)
    if (bytes === null) {
      find({ path, what: 'is missing', nextStep: IS_REBUILT })
      return null
    }
    // Apache Kafka makes the files of the last segment as long as they may become, and cuts them when it stops.
    const used = isLast ? withoutZeroes(bytes, entryBytes) : bytes
    if (used.length % entryBytes === 0) return { path, bytes: used, entryBytes, next: 0 }
    find({ path, what: `has ${used.length} bytes, which is no number of entries`, nextStep: IS_REBUILT })
    return null
  }

  #checkAborted(endOffset: number): void {
    const { disk, directory, baseOffset, find } = this.input
    const path = `${directory}/${segmentFileName(baseOffset, 'txnindex')}`
    const bytes = disk.readFile(path)
    if (bytes === null) return
    const what = wrongInIndex(bytes, baseOffset, endOffset)
    if (what !== null) find({ path, what, nextStep: ABORTED_ARE_FOUND })
  }
}

function withoutZeroes(bytes: Buffer, entryBytes: number): Buffer {
  let end = bytes.length - (bytes.length % entryBytes)
  if (end !== bytes.length) return bytes
  while (end > 0 && bytes.subarray(end - entryBytes, end).every((byte) => byte === 0)) end -= entryBytes
  return bytes.subarray(0, end)
}
