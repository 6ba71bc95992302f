import { MalformedBytes } from '../bytes/malformed.js'
import { readCheckpoint, writeCheckpoint } from './checkpoint.js'
import type { Disk } from './disk.js'

export const LEADER_EPOCH_FILE = 'leader-epoch-checkpoint'
const UNDEFINED = -1

export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/** Where each leader epoch's records begin (KIP-101): what replicas and consumers find their common past by. */
export class LeaderEpochCache {
  #entries: EpochEntry[] = []
  /** What the file holds. */
  #saved = ''
  /** Whether the file may lack something. */
  #dirty = false
  /** Whether the file, as it is, is known to survive a power failure. */
  #isDurable = false

  constructor(
    readonly disk: Disk,
    readonly path: string,
  ) {}

  /** Both epochs and offsets strictly ascending. */
  get entries(): readonly EpochEntry[] {
    return this.#entries
  }

  /** -1 when there is none. */
  get latestEpoch(): number {
    return this.#entries.at(-1)?.epoch ?? UNDEFINED
  }

  /** Reads the file; false when there is none. @throws MalformedBytes */
  load(): boolean {
    const lines = readCheckpoint(this.disk, this.path)
    this.#entries = []
    for (const [epoch, startOffset] of lines ?? []) {
      if (!/^\d+$/.test(epoch ?? '') || !/^\d+$/.test(startOffset ?? ''))
        throw new MalformedBytes(`${this.path} has a line that is no epoch and offset`)
      this.assign(Number(epoch), Number(startOffset))
    }
    this.#saved = this.#entries.map(lineOf).join('\n')
    this.#dirty = false
    this.#isDurable = false
    return lines !== null
  }

  /**
   * The records from `startOffset` on are of `epoch`. Nothing happens for an epoch that is known already, or none; entries
   * that contradict the new one are dropped.
   */
  assign(epoch: number, startOffset: number): void {
    const latest = this.#entries.at(-1)
    if (epoch < 0 || (latest !== undefined && epoch === latest.epoch && startOffset >= latest.startOffset)) return
    while (this.#contradicts(epoch, startOffset)) this.#entries.pop()
    this.#entries.push({ epoch, startOffset })
    this.#dirty = true
  }

  /**
   * What a replica that last saw `epoch` should know: the largest epoch up to it, and where that ended.
   * -1 and -1 when this log knows nothing of it.
   */
  endOffsetFor(epoch: number, logEndOffset: number): { epoch: number; endOffset: number } {
    const latest = this.#entries.at(-1)
    if (epoch < 0 || latest === undefined || epoch > latest.epoch) return { epoch: UNDEFINED, endOffset: UNDEFINED }
    if (epoch === latest.epoch) return { epoch, endOffset: logEndOffset }
    const next = this.#entries.findIndex((entry) => entry.epoch > epoch)
    const endOffset = this.#entries[next]!.startOffset
    return next === 0 ? { epoch, endOffset } : { epoch: this.#entries[next - 1]!.epoch, endOffset }
  }

  /** The epoch of the record at `offset`; -1 when that is not known. */
  epochFor(offset: number): number {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? UNDEFINED
  }

  /** Drops what begins at or after `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    const kept = this.#entries.filter((entry) => entry.startOffset < endOffset)
    if (kept.length === this.#entries.length) return
    this.#entries = kept
    this.#dirty = true
  }

  /** Drops what ended before `startOffset`; the epoch that covers it begins there now. */
  truncateFromStart(startOffset: number): void {
    const covering = this.#entries.findLastIndex((entry) => entry.startOffset <= startOffset)
    if (covering < 0 || this.#entries[covering]!.startOffset === startOffset) {
      if (covering <= 0) return
      this.#entries = this.#entries.slice(covering)
    } else {
      this.#entries = [{ epoch: this.#entries[covering]!.epoch, startOffset }, ...this.#entries.slice(covering + 1)]
    }
    this.#dirty = true
  }

  clear(): void {
    this.truncateFromEnd(Number.NEGATIVE_INFINITY)
  }

  /**
   * Writes the file where something has changed. An epoch without records is left out: it means nothing to the next start.
   * Without `durable` it survives the process, not a power failure.
   */
  save(logEndOffset: number, durable: boolean): void {
    if (!this.#dirty) return
    const lines = this.#entries.filter((entry) => entry.startOffset < logEndOffset).map(lineOf)
    const text = lines.join('\n')
    this.#dirty = lines.length < this.#entries.length
    if (text === this.#saved) return
    this.#write(lines, durable)
  }

  /**
   * Brings the file onto the device, where it is not known to be there. Compaction takes batches away, and with them where epochs
   * began: what is built from the rest would have them begin too late, and other replicas keep what was never committed.
   */
  secure(logEndOffset: number): void {
    this.save(logEndOffset, true)
    if (!this.#isDurable && this.#saved !== '') this.#write(this.#saved.split('\n'), true)
  }

  #write(lines: readonly string[], durable: boolean): void {
    writeCheckpoint(this.disk, this.path, lines, durable)
    this.#saved = lines.join('\n')
    this.#isDurable = durable
  }

  #contradicts(epoch: number, startOffset: number): boolean {
    const latest = this.#entries.at(-1)
    return latest !== undefined && (latest.epoch >= epoch || latest.startOffset >= startOffset)
  }
}

function lineOf({ epoch, startOffset }: EpochEntry): string {
  return `${epoch} ${startOffset}`
}
