import type { RecordBatch } from '../records/batch.js'
import { controlRecordOf } from '../records/control.js'
import type { AbortedTransaction } from './transaction-index.js'

interface OngoingAborted {
  readonly aborted: AbortedTransaction
  /** Whether a batch of it is still in the log. */
  isMet: boolean
}

/** Follows transactions over the batches of a log in order, to tell what of them compaction no longer needs. */
export class CleanedTransactions {
  #ahead: AbortedTransaction[] = []
  readonly #aborted = new Map<bigint, OngoingAborted>()
  /** Producers with batches in here whose transactions were not aborted. */
  readonly #committed = new Set<bigint>()

  /** Tells of transactions before the first of their batches comes. One may be told of twice. */
  expect(aborted: readonly AbortedTransaction[]): void {
    this.#ahead = [...this.#ahead, ...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** Whether a batch of records belongs to a transaction that was aborted. */
  isAborted(batch: RecordBatch): boolean {
    this.#begin(batch.lastOffset)
    if (!batch.isTransactional) return false
    const ongoing = this.#aborted.get(batch.producerId)
    if (ongoing === undefined) this.#committed.add(batch.producerId)
    else ongoing.isMet = true
    return ongoing !== undefined
  }

  /**
   * Takes a control batch in. `isNeedless`: nothing is left of what it ended. `aborted`: what must stay in the index of
   * aborted transactions, as batches of it are still there.
   */
  endAt(batch: RecordBatch): { readonly isNeedless: boolean; readonly aborted: AbortedTransaction | null } {
    this.#begin(batch.lastOffset)
    const record = controlRecordOf(batch)
    if (record === null) return { isNeedless: true, aborted: null }
    if (record.type === 'COMMIT') return { isNeedless: !this.#committed.delete(batch.producerId), aborted: null }
    if (record.type !== 'ABORT') return { isNeedless: false, aborted: null }
    const ongoing = this.#aborted.get(batch.producerId)
    this.#aborted.delete(batch.producerId)
    return ongoing?.isMet ? { isNeedless: false, aborted: ongoing.aborted } : { isNeedless: true, aborted: null }
  }

  #begin(lastOffset: number): void {
    let count = 0
    for (const aborted of this.#ahead) {
      if (aborted.firstOffset > lastOffset) break
      count++
      if (!this.#aborted.has(aborted.producerId)) this.#aborted.set(aborted.producerId, { aborted, isMet: false })
    }
    if (count > 0) this.#ahead = this.#ahead.slice(count)
  }
}
