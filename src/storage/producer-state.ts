import type { RecordBatch } from '../records/batch.js'

/** Clients have at most five batches under way, so a repeat is always one of these. */
const WINDOW_BATCHES_MAX = 5
const SEQUENCE_MAX = 2 ** 31 - 1
export const NO_EPOCH = -1
export const NO_SEQUENCE = -1

/** A batch that a producer has appended: enough to know it again. */
export interface ProducedBatch {
  readonly lastSequence: number
  readonly lastOffset: number
  /** Last offset and last sequence minus the first ones. */
  readonly offsetDelta: number
  readonly timestamp: number
}

/** What a partition remembers of one producer. */
export class ProducerState {
  epoch = NO_EPOCH
  /** The coordinator's epoch on the last transaction marker; -1 before the first. */
  coordinatorEpoch = -1
  lastTimestamp = -1
  /** First offset of the transaction that is open; null when none is. */
  transactionFirstOffset: number | null = null
  #window: ProducedBatch[] = []

  constructor(readonly producerId: bigint) {}

  get window(): readonly ProducedBatch[] {
    return this.#window
  }

  /** -1 while nothing was appended in this epoch. */
  get lastSequence(): number {
    return this.#window.at(-1)?.lastSequence ?? NO_SEQUENCE
  }

  /** Offset of the last record; -1 while nothing was appended in this epoch. */
  get lastOffset(): number {
    return this.#window.at(-1)?.lastOffset ?? -1
  }

  get lastOffsetDelta(): number {
    return this.#window.at(-1)?.offsetDelta ?? 0
  }

  /** The batch that this one repeats: same epoch, same sequences, and among the last five. */
  findRepeated(batch: RecordBatch): ProducedBatch | null {
    if (batch.producerEpoch !== this.epoch) return null
    const { lastSequence, baseSequence } = batch
    for (const known of this.#window)
      if (known.lastSequence === lastSequence && firstSequenceOf(known) === baseSequence) return known
    return null
  }

  /** Whether a sequence follows on the last one; a producer that nothing is known of may begin anywhere. */
  isNext(epoch: number, firstSequence: number): boolean {
    if (this.epoch === NO_EPOCH) return true
    if (epoch !== this.epoch) return firstSequence === 0
    return firstSequence === this.lastSequence + 1 || (firstSequence === 0 && this.lastSequence === SEQUENCE_MAX)
  }

  /** A new epoch begins with an empty window. */
  enterEpoch(epoch: number): void {
    if (epoch === this.epoch) return
    this.epoch = epoch
    this.#window = []
  }

  /** Takes over what is known of the batches before the last one. */
  recall(window: readonly ProducedBatch[]): void {
    this.#window = [...window]
  }

  addBatch(batch: ProducedBatch): void {
    if (this.#window.length === WINDOW_BATCHES_MAX) this.#window.shift()
    this.#window.push(batch)
    this.lastTimestamp = batch.timestamp
  }
}

/** Sequences go from 2^31 - 1 on to 0. */
export function firstSequenceOf(batch: ProducedBatch): number {
  const first = batch.lastSequence - batch.offsetDelta
  return first >= 0 ? first : first + SEQUENCE_MAX + 1
}

/** An open transaction keeps its producer from being forgotten. */
export function isExpired(state: ProducerState, nowMs: number, idleMs: number): boolean {
  return state.transactionFirstOffset === null && nowMs - state.lastTimestamp >= idleMs
}
