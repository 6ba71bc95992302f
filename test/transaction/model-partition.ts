import type { Markers } from '../../src/transaction/effects.js'

/** Something that a producer wrote within a transaction, and what became of it. */
export interface Item {
  outcome: 'open' | 'committed' | 'aborted'
}

/** A partition, in as few words as possible: who may write to it, what is open, and which transactions ended how. */
export class ModelPartition {
  readonly #epochs = new Map<bigint, number>()
  readonly #coordinatorEpochs = new Map<bigint, number>()
  readonly #open = new Map<bigint, Item[]>()
  readonly #ends = new Map<string, 'commit' | 'abort'>()

  get hasOpen(): boolean {
    return this.#open.size > 0
  }

  lastEnd(producerId: bigint, epoch: number): 'commit' | 'abort' | null {
    return this.#ends.get(`${producerId}/${epoch}`) ?? null
  }

  /** False for a producer that another has taken the place of. */
  write(producerId: bigint, epoch: number, item: Item): boolean {
    if (epoch < (this.#epochs.get(producerId) ?? 0)) return false
    this.#epochs.set(producerId, epoch)
    this.#open.set(producerId, [...(this.#open.get(producerId) ?? []), item])
    return true
  }

  /** False for a coordinator, or an end, that another has come after. */
  end({ producerId, producerEpoch, coordinatorEpoch, isCommit }: Markers): boolean {
    if (producerEpoch < (this.#epochs.get(producerId) ?? 0)) return false
    if (coordinatorEpoch < (this.#coordinatorEpochs.get(producerId) ?? 0)) return false
    this.#epochs.set(producerId, producerEpoch)
    this.#coordinatorEpochs.set(producerId, coordinatorEpoch)
    for (const item of this.#open.get(producerId) ?? []) item.outcome = isCommit ? 'committed' : 'aborted'
    this.#open.delete(producerId)
    this.#ends.set(`${producerId}/${producerEpoch}`, isCommit ? 'commit' : 'abort')
    return true
  }
}
