import type { SnapshotId, VoterRecords } from '../../src/quorum/effects.js'
import type { LoggedVoters, QuorumLog } from '../../src/quorum/quorum.js'

export interface Entry {
  readonly epoch: number
  readonly value: string
  /** Of records that name the voters. */
  readonly records?: VoterRecords
}

/** A log in memory. `startOffset` moves when a snapshot takes the place of what was before. */
export class MemoryLog implements QuorumLog {
  entries: Entry[] = []
  startOffset = 0
  highWatermark = 0
  latestSnapshot: SnapshotId | null = null
  /** What the snapshot says of the voters. */
  before: { readonly voters: LoggedVoters | null; readonly kraftVersion: number } = { voters: null, kraftVersion: 0 }

  /** What was read of the entries so far: a simulation asks for it all the time. */
  #known = { entries: this.entries, count: 0, last: undefined as Entry | undefined, ...this.before }

  get voters(): LoggedVoters | null {
    return this.#read().voters
  }

  get kraftVersion(): number {
    return this.#read().kraftVersion
  }

  #read(): { voters: LoggedVoters | null; kraftVersion: number } {
    const { entries } = this
    const { count, last } = this.#known
    const isContinued = this.#known.entries === entries && entries.length >= count && entries[count - 1] === last
    if (isContinued && entries.length === count && count > 0) return this.#known
    let { voters, kraftVersion } = isContinued && count > 0 ? this.#known : this.before
    for (let at = isContinued ? count : 0; at < entries.length; at++) {
      const { records } = entries[at]!
      if (records === undefined) continue
      voters = { voters: records.voters, offset: this.startOffset + at }
      kraftVersion = records.kraftVersion ?? kraftVersion
    }
    this.#known = { entries, count: entries.length, last: entries.at(-1), voters, kraftVersion }
    return this.#known
  }

  get endOffset(): number {
    return this.startOffset + this.entries.length
  }

  get lastEpoch(): number {
    return this.entries.at(-1)?.epoch ?? this.latestSnapshot?.epoch ?? 0
  }

  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    const after = this.entries.findIndex((entry) => entry.epoch > epoch)
    const count = after < 0 ? this.entries.length : after
    const found = this.entries[count - 1]?.epoch ?? this.latestSnapshot?.epoch ?? -1
    return found < 0 || found > epoch
      ? { epoch: -1, endOffset: -1 }
      : { epoch: found, endOffset: this.startOffset + count }
  }

  from(offset: number, count: number): Entry[] {
    return this.entries.slice(offset - this.startOffset, offset - this.startOffset + count)
  }
}
