import { ErrorCode } from '../protocol/errors.js'

declare const ANSWER: unique symbol

/** A request that waits for an answer of this type. Only the shell knows whose it is. */
export interface Asker<Answer> {
  readonly [ANSWER]?: Answer
}

/** One record of the coordinator's topic; a null value deletes what the key names. */
export interface StateRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** Records that go into the log together, and what hangs on them. */
export interface Write<Timer = never, Own = never> {
  readonly records: readonly StateRecord[]
  /** The log may take them in several parts where they are too many for one: each says something of its own. */
  readonly isDivisible?: boolean
  /** Records of a transaction: they count once its marker is in the log, and go into the log as its producer's. */
  readonly producer?: { readonly id: bigint; readonly epoch: number }
  /** The records are committed, the first of them at this offset. Comes once, in the order of the log, or `drop` does. */
  readonly apply?: (firstOffset: number, outcome: Outcome<Timer, Own>) => void
  /** The records will never be in the log. */
  readonly drop?: (outcome: Outcome<Timer, Own>) => void
  /** Comes once, with 0 when committed, or with what those who wait are to be told: also when it only took too long. */
  readonly settle?: (error: ErrorCode, outcome: Outcome<Timer, Own>) => void
}

/** What a turn that follows a write has to work with. */
export interface Outcome<Timer = never, Own = never> {
  readonly now: number
  readonly effects: Effects<Timer, Own>
}

export type Effect<Timer = never, Own = never> =
  | { readonly type: 'reply'; readonly to: Asker<unknown>; readonly answer: unknown }
  | { readonly type: 'write'; readonly write: Write<Timer, Own> }
  | { readonly type: 'set timer'; readonly timer: Timer; readonly delayMs: number }
  | { readonly type: 'cancel timer'; readonly timer: Timer }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly message: string }
  | { readonly type: 'own'; readonly own: Own }

/**
 * What a coordinator asks of the outside world, in order; everything else has already happened in memory. `Timer` names a
 * timer of its kind, `Own` is what only this kind of coordinator asks for.
 */
export class Effects<Timer = never, Own = never> {
  readonly list: Effect<Timer, Own>[] = []

  reply<Answer>(to: Asker<Answer>, answer: Answer): void {
    this.list.push({ type: 'reply', to, answer })
  }

  /** After what this turn wrote is committed; at once if it wrote nothing. `refusal` is the answer if it cannot be. */
  replyWhenWritten<Answer>(to: Asker<Answer>, answer: Answer, refusal: (error: ErrorCode) => Answer): void {
    const index = this.list.findLastIndex(({ type }) => type === 'write')
    const effect = this.list[index]
    if (effect?.type !== 'write') {
      this.reply(to, answer)
      return
    }
    const { write } = effect
    const settle: Write<Timer, Own>['settle'] = (error, outcome) => {
      write.settle?.(error, outcome)
      outcome.effects.reply(to, error === ErrorCode.NONE ? answer : refusal(error))
    }
    this.list[index] = { type: 'write', write: { ...write, settle } }
  }

  write(write: Write<Timer, Own>): void {
    this.list.push({ type: 'write', write })
  }

  /** Replaces a timer of the same name. */
  setTimer(timer: Timer, delayMs: number): void {
    this.list.push({ type: 'set timer', timer, delayMs })
  }

  cancelTimer(timer: Timer): void {
    this.list.push({ type: 'cancel timer', timer })
  }

  log(message: string, level: 'info' | 'warn' = 'info'): void {
    this.list.push({ type: 'log', level, message })
  }

  own(own: Own): void {
    this.list.push({ type: 'own', own })
  }
}
