import { BrokenPromise } from './ledger.js'

interface Write {
  readonly value: string
  readonly beganMs: number
  /** When it was known to be done; infinite as long as that is not known. */
  endedMs: number
}

/** A place that clients write to one after another or at the same time, and what it may hold by what they were told. */
export class Register {
  readonly #writes: Write[] = []
  #settled: boolean | null = null

  constructor(readonly nowMs: () => number) {}

  /** Somebody is about to write. Say `done` when it is known to have happened, `refused` when it is known that it has not. */
  write(value: string): { done: () => void; refused: () => void } {
    const write: Write = { value, beganMs: this.nowMs(), endedMs: Number.POSITIVE_INFINITY }
    this.#writes.push(write)
    return {
      done: () => {
        write.endedMs = this.nowMs()
      },
      refused: () => {
        this.#writes.splice(this.#writes.indexOf(write), 1)
      },
    }
  }

  /** The values that it may have held since a moment; null, nothing, is one of them unless a write is known to be done. */
  possibleSince(sinceMs: number): Set<string | null> {
    const done = this.#writes.filter(({ endedMs }) => endedMs <= sinceMs)
    const isOverwritten = ({ endedMs }: Write): boolean => done.some(({ beganMs }) => beganMs > endedMs)
    const values: (string | null)[] = this.#writes.filter((write) => !isOverwritten(write)).map(({ value }) => value)
    if (done.length === 0) values.push(null)
    return new Set(values)
  }

  get possible(): Set<string | null> {
    return this.possibleSince(Number.MAX_VALUE)
  }

  /** Something that nobody was told, but that is the same for everybody who looks. */
  settle(value: boolean, problem: () => string): void {
    if (this.#settled !== null && this.#settled !== value) throw new BrokenPromise(problem())
    this.#settled = value
  }

  get settled(): boolean | null {
    return this.#settled
  }
}
