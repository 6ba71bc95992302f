import { expect } from 'vitest'
import type { StateRecord } from '../../src/coordination/effects.js'
import { parseRecord } from '../../src/transaction/records.js'
import type { Standing } from '../../src/transaction/transaction.js'

const ENDS: Record<string, string> = { PrepareCommit: 'CompleteCommit', PrepareAbort: 'CompleteAbort' }

/** `__transaction_state`, which is held to what must be true of it with every record. */
export class ModelLog {
  readonly records: StateRecord[] = []
  readonly #last = new Map<string, Standing>()
  readonly #idsOfProducers = new Map<bigint, string>()

  /** @param reached throws where a partition has not heard of the decision, or of another since */
  constructor(readonly reached: (decision: Standing) => void) {}

  append(records: readonly StateRecord[]): number {
    const first = this.records.length
    for (const record of records) {
      this.records.push(record)
      const parsed = parseRecord(record.key, record.value)
      if (parsed.type === 'unknown') throw new Error(`key type ${parsed.keyType}`)
      this.#check(parsed.transactionalId, parsed.standing)
    }
    return first
  }

  #check(id: string, standing: Standing | null): void {
    const last = this.#last.get(id)
    if (last !== undefined && last.state in ENDS) {
      expect(standing?.state, `a decision of ${id} is followed by its end`).toBe(ENDS[last.state])
      this.reached(last)
    }
    if (standing === null) {
      expect(last?.state, `${id} expires while nothing is open`).not.toBe('Ongoing')
      this.#last.delete(id)
      return
    }
    if (last !== undefined && standing.producerId === last.producerId) {
      expect(standing.producerEpoch, `epochs of ${id} grow`).toBeGreaterThanOrEqual(last.producerEpoch)
    } else expect(this.#idsOfProducers.has(standing.producerId), 'producer ids are new').toBe(false)
    const owner = this.#idsOfProducers.get(standing.producerId) ?? id
    expect(owner, 'a producer id belongs to one transactional id').toBe(id)
    this.#idsOfProducers.set(standing.producerId, id)
    if (standing.state === 'Ongoing' && last?.state === 'Ongoing') {
      for (const place of last.partitions)
        expect(standing.partitions.has(place), 'no partition is forgotten').toBe(true)
    }
    if (standing.state in ENDS) {
      const before = [...(last?.partitions ?? [])]
      expect([...standing.partitions], 'a decision is about the partitions that were added').toEqual(before)
    }
    this.#last.set(id, standing)
  }
}
