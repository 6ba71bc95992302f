import type { MetadataRecord } from './records.js'

/** Holds back the records between the begin and the end of a transaction: they count together, or not at all. */
export class RecordTransaction {
  #held: MetadataRecord[] | null = null

  /** Whether the log ends in the middle of one. */
  get isOpen(): boolean {
    return this.#held !== null
  }

  /** Takes the next record of the log and gives those that count from here on. */
  take(record: MetadataRecord): readonly MetadataRecord[] {
    switch (record.type) {
      case 'BeginTransaction':
        this.#held = []
        return []
      case 'EndTransaction':
        return this.#release()
      case 'AbortTransaction':
        this.#held = null
        return []
      default:
        if (this.#held === null) return [record]
        this.#held.push(record)
        return []
    }
  }

  #release(): readonly MetadataRecord[] {
    const held = this.#held ?? []
    this.#held = null
    return held
  }
}
