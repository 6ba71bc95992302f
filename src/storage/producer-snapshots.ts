import { MalformedBytes } from '../bytes/malformed.js'
import { RecordBatch } from '../records/batch.js'
import { replaceFile } from './atomic-file.js'
import { magicAt } from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import { markDeleted } from './doomed-files.js'
import type { StorageEnvironment } from './environment.js'
import { parseSegmentFileName, segmentFileName } from './file-names.js'
import { readProducerSnapshot, writeProducerSnapshot } from './producer-snapshot.js'
import { isExpired } from './producer-state.js'
import { ProducerStates } from './producer-states.js'
import { rememberWindows } from './producer-windows.js'
import type { Segments } from './segments.js'

/** The `.snapshot` files of one log: the producers as they were at some offsets, to start from instead of the first batch. */
export class ProducerSnapshots {
  #offsets: number[]

  constructor(
    readonly environment: StorageEnvironment,
    readonly directory: string,
    names: readonly string[],
    readonly idleMs: number,
  ) {
    this.#offsets = names
      .map(parseSegmentFileName)
      .filter((parsed) => parsed?.suffix === 'snapshot')
      .map((parsed) => parsed!.baseOffset)
      .sort((a, b) => a - b)
  }

  /** Ascending. */
  get offsets(): readonly number[] {
    return this.#offsets
  }

  /** The producers as of `endOffset`: from the newest snapshot up to there, and the batches after it. */
  load(segments: Segments, endOffset: number): ProducerStates {
    this.removeAfter(endOffset)
    const { states, offset } = this.#newest()
    rememberWindows(segments, offset, states)
    replay(segments, offset, endOffset, states)
    return states
  }

  /** Keeps the producers as of `offset`, unless that has been done. Returns the file that was written. */
  take(offset: number, states: ProducerStates, durable: boolean): string | null {
    if (offset <= (this.#offsets.at(-1) ?? 0)) return null
    const path = this.#path(offset)
    replaceFile(this.environment.disk, path, writeProducerSnapshot(states.all()), durable)
    this.#offsets.push(offset)
    return path
  }

  /** Removes those that no start needs: all but the newest, and the ones at the beginning of a segment. */
  prune(segments: Segments): void {
    const useless = new Set(this.#uselessBeside(segments))
    this.#removeWhere((offset) => useless.has(offset))
  }

  /** As `prune`, but the files are only renamed, for somebody to remove them: many at once would hold all others up. */
  markDeleted(segments: Segments): string[] {
    const useless = this.#uselessBeside(segments)
    this.#offsets = this.#offsets.filter((offset) => !useless.includes(offset))
    const paths = useless.map((offset) => this.#path(offset))
    return markDeleted(this.environment.disk, paths)
  }

  removeAfter(offset: number): void {
    this.#removeWhere((each) => each > offset)
  }

  removeAll(): void {
    this.#removeWhere(() => true)
  }

  #uselessBeside(segments: Segments): number[] {
    const newest = this.#offsets.at(-1)
    const bases = new Set(segments.all.map((segment) => segment.baseOffset))
    return this.#offsets.filter((offset) => offset !== newest && !bases.has(offset))
  }

  #newest(): { states: ProducerStates; offset: number } {
    for (let offset = this.#offsets.at(-1); offset !== undefined; offset = this.#offsets.at(-1)) {
      const states = this.#read(offset)
      if (states !== null) return { states, offset }
      this.#removeWhere((each) => each === offset)
    }
    return { states: new ProducerStates(), offset: 0 }
  }

  #read(offset: number): ProducerStates | null {
    const { disk, clock, log } = this.environment
    try {
      const states = new ProducerStates()
      const bytes = disk.readFile(this.#path(offset)) ?? Buffer.alloc(0)
      for (const state of readProducerSnapshot(bytes))
        if (!isExpired(state, clock.now(), this.idleMs)) states.restore(state)
      return states
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      log.warn(`Removing ${this.#path(offset)}: ${error.message}`)
      return null
    }
  }

  #removeWhere(isUseless: (offset: number) => boolean): void {
    const useless = this.#offsets.filter(isUseless)
    if (useless.length === 0) return
    for (const offset of useless) this.environment.disk.remove(this.#path(offset))
    this.#offsets = this.#offsets.filter((offset) => !useless.includes(offset))
  }

  #path(offset: number): string {
    return `${this.directory}/${segmentFileName(offset, 'snapshot')}`
  }
}

/** Takes the batches of [startOffset, endOffset) into account; no segment goes beyond the end. */
function replay(segments: Segments, startOffset: number, endOffset: number, states: ProducerStates): void {
  if (startOffset >= endOffset) return
  for (const segment of segments.from(startOffset)) {
    if (segment.baseOffset >= endOffset) return
    const start = segment.baseOffset >= startOffset ? 0 : segment.positionOf(startOffset)
    walkBatches(segment.log, { start, end: segment.sizeBytes, whole: true }, (bytes, at) => {
      if (magicAt(bytes, at) < 2) return true
      states.apply(new RecordBatch(bytes, at))
      return true
    })
  }
}
