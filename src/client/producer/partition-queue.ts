import { ProducerBatch, sequenceAfter } from './batch.js'
import type { ProducerRecord } from './record.js'

/**
 * What waits for one partition, in order. After a failure nothing more is sent until all that is under way has been
 * answered; then what may be tried again goes back to the front, so that order and sequences hold.
 */
export class PartitionQueue {
  readonly #waiting: ProducerBatch[] = []
  readonly #underWay = new Set<ProducerBatch>()
  readonly #again: ProducerBatch[] = []
  #nextSequence = 0
  #nextOrder = 0
  #isHalted = false
  /** Nothing is sent before this moment. */
  pausedUntilMs = 0

  constructor(readonly partition: number) {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#underWay.size === 0 && this.#again.length === 0
  }

  get isUnderWay(): boolean {
    return this.#underWay.size > 0
  }

  /** The batch that came first of those not under way. */
  get oldest(): ProducerBatch | null {
    return this.#again[0] ?? this.#waiting[0] ?? null
  }

  /** Adds to the last batch or begins one; says whether a batch is now complete. `bytes` is the record's size. */
  add(record: ProducerRecord, bytes: number, batchBytes: number, nowMs: number): boolean {
    const last = this.#waiting.at(-1)
    if (last !== undefined && !last.isFull && last.bytes + bytes <= batchBytes) {
      last.add(record, bytes)
      return false
    }
    if (last !== undefined) last.isFull = true
    const batch = new ProducerBatch(this.partition, nowMs)
    batch.add(record, bytes)
    batch.isFull = batch.bytes >= batchBytes
    this.#waiting.push(batch)
    return last !== undefined || batch.isFull
  }

  /** Whether a batch may be sent now; `lingerMs` is how long an incomplete one waits for more. */
  isReady(nowMs: number, lingerMs: number): boolean {
    const head = this.#waiting[0]
    if (head === undefined || this.#isHalted || nowMs < this.pausedUntilMs) return false
    return head.isFull || head.failures > 0 || this.#waiting.length > 1 || nowMs >= head.createdAtMs + lingerMs
  }

  /** When to look again, if nothing else happens; infinite if there is nothing to send. */
  nextLookMs(lingerMs: number): number {
    const head = this.#waiting[0]
    if (head === undefined || this.#isHalted) return Number.POSITIVE_INFINITY
    const isComplete = head.isFull || head.failures > 0 || this.#waiting.length > 1
    return Math.max(this.pausedUntilMs, isComplete ? 0 : head.createdAtMs + lingerMs)
  }

  /** The first batch, now under way. Batches of a producer with an id get their sequence here. */
  take(isSequenced: boolean): ProducerBatch {
    const batch = this.#waiting.shift()!
    batch.isFull = true
    if (batch.order === Number.POSITIVE_INFINITY) batch.order = this.#nextOrder++
    if (isSequenced && batch.sequence === null) {
      batch.sequence = this.#nextSequence
      this.#nextSequence = sequenceAfter(this.#nextSequence, batch.count)
    }
    this.#underWay.add(batch)
    return batch
  }

  /** The batch is done with: it has arrived, or the broker holds nothing of it and never will. */
  settle(batch: ProducerBatch, hasArrived: boolean): void {
    this.#underWay.delete(batch)
    if (!hasArrived && batch.sequence !== null) {
      this.#isHalted ||= this.#underWay.size > 0
      this.#nextSequence = batch.sequence
      for (const other of this.#all()) if (other.order > batch.order) other.sequence = null
    }
    this.#resume()
  }

  /** These take the place of `batch`, which was answered, when everything under way has been. */
  retry(batch: ProducerBatch, instead: readonly ProducerBatch[]): void {
    this.#underWay.delete(batch)
    this.#isHalted = true
    this.#again.push(...instead)
    this.#resume()
  }

  /** Whether a batch that was just answered has kept its sequence and is ahead of all others that were sent. */
  isFirst(batch: ProducerBatch): boolean {
    const isEarlier = (other: ProducerBatch): boolean => other.order < batch.order
    return batch.sequence !== null && ![...this.#underWay, ...this.#again].some(isEarlier)
  }

  /** Takes away waiting batches made before `momentMs`. */
  expire(momentMs: number): ProducerBatch[] {
    const isOld = (batch: ProducerBatch): boolean => batch.createdAtMs <= momentMs
    const expired = [...this.#again.filter(isOld), ...this.#waiting.filter(isOld)]
    if (expired.length === 0) return expired
    for (const list of [this.#again, this.#waiting]) {
      list.splice(0, list.length, ...list.filter((batch) => !isOld(batch)))
    }
    return expired
  }

  /** For a producer that has just got its id, or another one. Nothing may be under way. */
  restartSequences(): void {
    this.#nextSequence = 0
    for (const batch of this.#all()) batch.sequence = null
  }

  *#all(): Iterable<ProducerBatch> {
    yield* this.#underWay
    yield* this.#again
    yield* this.#waiting
  }

  #resume(): void {
    if (!this.#isHalted || this.#underWay.size > 0) return
    this.#isHalted = false
    this.#waiting.unshift(...this.#again.splice(0).sort((a, b) => a.order - b.order))
  }
}
