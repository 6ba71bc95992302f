import type { RecordBatch } from '../records/batch.js'

const PRODUCERS_MAX = 10_000
const SEQUENCES = 2 ** 31

interface Lost {
  readonly epoch: number
  readonly sequence: number
}

/**
 * The first batch of each idempotent producer that was not taken, of one log, or of several that `where` tells apart. Batches
 * behind it may be on their way already: to a log that takes them, and has never heard of the producer, the first of them would
 * look like its first of all, and the lost one, sent again, would then be out of order for good.
 */
export class LostSequences {
  /** Null until something is lost. */
  #first: Map<string, Lost> | null = null

  /** Where more than this have lost something at once, the first ones are forgotten. */
  constructor(readonly max = PRODUCERS_MAX) {}

  /** The batch was refused, or is not in the file. */
  lose(batch: RecordBatch, where = ''): void {
    if (!isNumbered(batch)) return
    const { producerEpoch: epoch, baseSequence: sequence } = batch
    const key = keyOf(batch, where)
    this.#first ??= new Map()
    const known = this.#first.get(key)
    if (known !== undefined && (epoch < known.epoch || (epoch === known.epoch && !isBehind(known.sequence, sequence))))
      return
    this.#first.delete(key)
    this.#first.set(key, { epoch, sequence })
    if (this.#first.size > this.max) this.#first.delete(this.#first.keys().next().value!)
  }

  /** Whether a batch comes after one that was lost and has not been sent again. */
  isAfterLost(batch: RecordBatch, where = ''): boolean {
    if (this.#first === null || !isNumbered(batch)) return false
    const lost = this.#first.get(keyOf(batch, where))
    return lost !== undefined && lost.epoch === batch.producerEpoch && isBehind(batch.baseSequence, lost.sequence)
  }

  /** The batch has been taken: what was lost of its producer has come, or will not. */
  found(batch: RecordBatch, where = ''): void {
    if (this.#first === null) return
    const key = keyOf(batch, where)
    const lost = this.#first.get(key)
    if (lost === undefined) return
    if (batch.producerEpoch > lost.epoch || batch.baseSequence === lost.sequence) this.#first.delete(key)
  }
}

function keyOf({ producerId }: RecordBatch, where: string): string {
  return `${where} ${producerId}`
}

function isNumbered(batch: RecordBatch): boolean {
  return batch.hasProducerId && !batch.isControl && batch.baseSequence >= 0
}

/** Sequences begin again at 0: what is less than half the way around ahead is later. */
function isBehind(sequence: number, than: number): boolean {
  const ahead = (sequence - than + SEQUENCES) % SEQUENCES
  return ahead > 0 && ahead < SEQUENCES / 2
}
