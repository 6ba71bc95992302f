import type { RecordBatch } from '../records/batch.js'

/** Who has lost more than this at once is forgotten, the first ones first. */
const PRODUCERS_MAX = 10_000
const SEQUENCES = 2 ** 31

interface Lost {
  readonly epoch: number
  readonly sequence: number
}

/**
 * The first batch that a log has failed to take of each idempotent producer. Batches behind it may be on their way already: to a
 * log that works again, and has never heard of the producer, the first of them would look like its first of all, and the lost
 * one, sent again, would then be out of order for good.
 */
export class LostSequences {
  readonly #first = new Map<bigint, Lost>()

  /** The batch was refused, or is not in the file. */
  lose(batch: RecordBatch): void {
    if (!isNumbered(batch)) return
    const { producerId, producerEpoch: epoch, baseSequence: sequence } = batch
    const known = this.#first.get(producerId)
    if (known !== undefined && (epoch < known.epoch || (epoch === known.epoch && !isBehind(known.sequence, sequence))))
      return
    this.#first.delete(producerId)
    this.#first.set(producerId, { epoch, sequence })
    if (this.#first.size > PRODUCERS_MAX) this.#first.delete(this.#first.keys().next().value!)
  }

  /** Whether a batch comes after one that was lost and has not been sent again. */
  isAfterLost(batch: RecordBatch): boolean {
    if (this.#first.size === 0 || !isNumbered(batch)) return false
    const lost = this.#first.get(batch.producerId)
    return lost !== undefined && lost.epoch === batch.producerEpoch && isBehind(batch.baseSequence, lost.sequence)
  }

  /** The batch has been taken: what was lost of its producer has come, or will not. */
  found(batch: RecordBatch): void {
    if (this.#first.size === 0) return
    const lost = this.#first.get(batch.producerId)
    if (lost === undefined) return
    if (batch.producerEpoch > lost.epoch || batch.baseSequence === lost.sequence) this.#first.delete(batch.producerId)
  }
}

function isNumbered(batch: RecordBatch): boolean {
  return batch.hasProducerId && !batch.isControl && batch.baseSequence >= 0
}

/** Sequences begin again at 0: what is less than half the way around ahead is later. */
function isBehind(sequence: number, than: number): boolean {
  const ahead = (sequence - than + SEQUENCES) % SEQUENCES
  return ahead > 0 && ahead < SEQUENCES / 2
}
