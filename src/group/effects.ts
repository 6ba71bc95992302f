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
export interface Write {
  readonly records: readonly StateRecord[]
  /** The log may take them in several parts where they are too many for one: each says something of its own. */
  readonly isDivisible?: boolean
  /** The records are committed, the first of them at this offset. Comes once, in the order of the log, or `drop` does. */
  readonly apply?: (firstOffset: number) => void
  /** The records will never be in the log. */
  readonly drop?: () => void
  /** Comes once, with 0 when committed, or with what those who wait are to be told: also when it only took too long. */
  readonly settle?: (error: ErrorCode, outcome: Outcome) => void
}

/** What a turn that follows a write has to work with. */
export interface Outcome {
  readonly now: number
  readonly effects: Effects
}

/** `join` ends the waiting for members, `sync` that for their SyncGroup, `session` a member that is not heard of. */
export interface TimerId {
  readonly kind: 'join' | 'sync' | 'session'
  readonly groupId: string
  /** Empty where the timer is the group's. */
  readonly memberId: string
}

export type Effect =
  | { readonly type: 'reply'; readonly to: Asker<unknown>; readonly answer: unknown }
  | { readonly type: 'write'; readonly write: Write }
  | { readonly type: 'set timer'; readonly timer: TimerId; readonly delayMs: number }
  | { readonly type: 'cancel timer'; readonly timer: TimerId }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly message: string }

/** What is asked of the outside world, in order; everything else has already happened in memory. */
export class Effects {
  readonly list: Effect[] = []

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
    const settle: Write['settle'] = (error, outcome) => {
      write.settle?.(error, outcome)
      outcome.effects.reply(to, error === ErrorCode.NONE ? answer : refusal(error))
    }
    this.list[index] = { type: 'write', write: { ...write, settle } }
  }

  write(write: Write): void {
    this.list.push({ type: 'write', write })
  }

  /** Replaces a timer of the same name. */
  setTimer(timer: TimerId, delayMs: number): void {
    this.list.push({ type: 'set timer', timer, delayMs })
  }

  cancelTimer(timer: TimerId): void {
    this.list.push({ type: 'cancel timer', timer })
  }

  log(message: string, level: 'info' | 'warn' = 'info'): void {
    this.list.push({ type: 'log', level, message })
  }
}

export const joinTimer = (groupId: string): TimerId => ({ kind: 'join', groupId, memberId: '' })
export const syncTimer = (groupId: string): TimerId => ({ kind: 'sync', groupId, memberId: '' })
export const sessionTimer = (groupId: string, memberId: string): TimerId => ({ kind: 'session', groupId, memberId })
