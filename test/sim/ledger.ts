import { Register } from './register.js'

/** A promise of the broker's that did not hold. */
export class BrokenPromise extends Error {
  override name = 'BrokenPromise'
}

export function hold(condition: unknown, what: () => string): asserts condition {
  if (!condition) throw new BrokenPromise(what())
}

/** A record as a producer knows it. Its value tells who sent it and, of those to the same partition, as which. */
export interface SentRecord {
  readonly value: string
  readonly topic: string
  readonly partition: number
  readonly producer: string
  /** Sent again until it is known to be there, by a producer whose records must not be there twice. */
  readonly isIdempotent: boolean
  /** The transaction that it is part of. */
  readonly transaction: Transaction | null
  /** Where it was said to be; null as long as nobody has said so. */
  offset: number | null
}

export interface Transaction {
  readonly name: string
  /** Of what was asked for and answered; of what was asked for and may have happened. */
  outcome: 'open' | 'committed' | 'aborted' | 'maybe committed' | 'maybe aborted'
}

export interface StoredRecord {
  readonly offset: number
  readonly value: string
}

/** What clients were told, from which it follows what must be there. */
export class Ledger {
  readonly records = new Map<string, SentRecord>()
  readonly #byPartition = new Map<string, SentRecord[]>()
  /** By partition and offset: what somebody has read there. */
  readonly #seen = new Map<string, string[]>()
  readonly #leaderEpochs = new Map<string, number>()
  readonly #watermarks = new Map<string, number>()
  readonly #registers = new Map<string, Register>()
  acknowledged = 0

  constructor(
    readonly nowMs: () => number,
    /** Whether a partition may have lost what was acknowledged and read. */
    readonly mayLose: (partition: string) => boolean,
  ) {}

  sends(record: Omit<SentRecord, 'offset'>): SentRecord {
    const sent = { ...record, offset: null }
    hold(!this.records.has(sent.value), () => `the model sends ${sent.value} twice`)
    this.records.set(sent.value, sent)
    const name = nameOf(sent)
    const known = this.#byPartition.get(name)
    if (known === undefined) this.#byPartition.set(name, [sent])
    else known.push(sent)
    return sent
  }

  acknowledges(record: SentRecord, offset: number): void {
    const { value } = record
    hold(offset >= 0, () => `${value} is acknowledged at ${offset}`)
    hold(record.offset === null || record.offset === offset, () => `${value} was at ${record.offset}, now ${offset}`)
    if (record.offset === null) this.acknowledged++
    record.offset = offset
    this.reads(record, { offset, value })
  }

  /** What was served of a partition stays what it is. */
  reads(of: { topic: string; partition: number }, { offset, value }: StoredRecord): void {
    const name = nameOf(of)
    let seen = this.#seen.get(name)
    if (seen === undefined) {
      seen = []
      this.#seen.set(name, seen)
    }
    const before = seen[offset]
    hold(
      before === undefined || before === value || this.mayLose(name),
      () => `${name} had ${before} at ${offset}, and now ${value}`,
    )
    seen[offset] = value
  }

  /** What a read_committed consumer is given is of a transaction that may have been committed, or of none. */
  readsCommitted(of: { topic: string; partition: number }, { offset, value }: StoredRecord): void {
    const outcome = this.records.get(value)?.transaction?.outcome
    hold(
      outcome !== 'open' && outcome !== 'aborted',
      () => `${nameOf(of)} shows ${value} at ${offset}, whose transaction is ${outcome}`,
    )
  }

  /**
   * Asks how far an offset has come: a high watermark, a stable offset, a log start. What comes back is to be told the answer,
   * which cannot be less than what somebody had heard when it was asked. Of several brokers each is held to what it said itself: a
   * new leader hears last how far its predecessor had come.
   */
  asks(kind: string, of: { topic: string; partition: number }, label = ''): (offset: number) => void {
    const name = `${kind} of ${nameOf(of)}${label === '' ? '' : ` at ${label}`}`
    const heard = this.#watermarks.get(name) ?? 0
    return (offset) => {
      hold(offset >= heard || this.mayLose(nameOf(of)), () => `the ${name} was ${heard} and is ${offset}`)
      this.#watermarks.set(name, Math.max(offset, this.#watermarks.get(name) ?? 0))
    }
  }

  /** False where it is not the newest leader that anybody has heard of: clients do not go back to what is out of date (KIP-320). */
  hearsOfLeader(partition: string, epoch: number): boolean {
    const newest = this.#leaderEpochs.get(partition) ?? -1
    this.#leaderEpochs.set(partition, Math.max(epoch, newest))
    return epoch >= newest
  }

  register(name: string): Register {
    let register = this.#registers.get(name)
    if (register === undefined) {
      register = new Register(this.nowMs)
      this.#registers.set(name, register)
    }
    return register
  }

  get registers(): ReadonlyMap<string, Register> {
    return this.#registers
  }

  /** What is in a partition from its start on, all of it in order, must be what was sent. */
  checkStored(of: { topic: string; partition: number }, start: number, stored: readonly StoredRecord[]): void {
    const name = nameOf(of)
    const found = new Map<string, number>()
    const lastOf = new Map<string, number>()
    for (const { offset, value } of stored) {
      const sent = this.records.get(value)
      hold(sent !== undefined && nameOf(sent) === name, () => `${name} has ${value} at ${offset}: nobody sent it there`)
      hold(!found.has(value), () => `${name} has ${value} at ${found.get(value)} and at ${offset}`)
      found.set(value, offset)
      this.reads(of, { offset, value })
      if (!sent.isIdempotent) continue
      const number = numberOf(value)
      const before = lastOf.get(sent.producer) ?? -1
      hold(number > before, () => `${name} has ${sent.producer}'s ${number} after ${before}`)
      lastOf.set(sent.producer, number)
    }
    if (this.mayLose(name)) return
    const last = stored.at(-1)?.offset ?? -1
    for (const [offset, value] of (this.#seen.get(name) ?? []).entries())
      hold(
        value === undefined || offset < start || found.get(value) === offset,
        () => `${name} ends at ${last} without ${value}, which was read at ${offset}`,
      )
    for (const { value, offset } of this.#byPartition.get(name) ?? [])
      hold(
        offset === null || offset < start || found.get(value) === offset,
        () => `${name} has lost ${value}: acknowledged at ${offset}, found at ${found.get(value)}`,
      )
  }

  /** What a read_committed consumer gets of a partition, given everything that is in it. */
  checkCommitted(
    of: { topic: string; partition: number },
    stored: readonly StoredRecord[],
    visible: readonly StoredRecord[],
  ): void {
    const name = nameOf(of)
    const seen = new Set(visible.map(({ value }) => value))
    for (const { value } of stored) {
      const { transaction } = this.records.get(value)!
      const outcome = transaction?.outcome ?? 'committed'
      if (outcome === 'committed') hold(seen.has(value), () => `${name} hides ${value}, which is committed`)
      if (outcome === 'aborted') hold(!seen.has(value), () => `${name} shows ${value}, which is aborted`)
      if (outcome === 'open') hold(!seen.has(value), () => `${name} shows ${value}, whose transaction is open`)
      if (transaction !== null && outcome.startsWith('maybe'))
        this.register(`visible ${transaction.name}`).settle(
          seen.has(value),
          () => `${transaction.name} is done in half`,
        )
    }
  }
}

/** `who/what-number`: the number that a producer gave to a record. */
function numberOf(value: string): number {
  return Number(value.slice(value.lastIndexOf('-') + 1))
}

export function nameOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}-${partition}`
}
