import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { type Asker, Effects, type Outcome, type Write } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import { buildEndTransactionMarker } from '../records/control.js'
import { loadState, type RecordSink } from './coordinator-loading.js'
import { type CoordinatorSettings, toldAs, writeBatches } from './coordinator-writing.js'
import { ACKS_ALL, type CommitResult, type Partition, type PartitionAppendOptions } from './partition.js'
import type { TransactionMarker } from './transaction-marker.js'

/** What a coordinator runs: the doors by which events get into a state machine, and what it alone asks the world for. */
export interface Machine<State, Turn, TimerId, Own> extends RecordSink {
  /** For log lines, e.g. `groups`. */
  readonly what: string
  readonly state: State
  turn(outcome: Outcome<TimerId, Own>): Turn
  loaded(turn: Turn): void
  unload(turn: Turn): void
  readonly timers: Timers<Turn, TimerId>
  /** Has something done that only machines of this kind ask for. */
  carryOut(own: Own, coordinator: Turning<Turn>): void
}

export interface Timers<Turn, TimerId> {
  /** Different for every timer. */
  key(timer: TimerId): string
  runOut(turn: Turn, timer: TimerId): void
}

/** A coordinator as those see it who carry out what it asked for. */
export interface Turning<Turn> {
  /** NONE, or why nothing can be asked of it now. */
  readonly availability: ErrorCode
  turn(event: (turn: Turn) => void): void
}

export interface CoordinatorOptions<State, Turn, TimerId, Own> {
  readonly machine: Machine<State, Turn, TimerId, Own>
  readonly settings: CoordinatorSettings
  readonly partition: Partition
  readonly clock: Clock
  readonly log: Log
}

/**
 * What one partition of a coordinator's topic is about, as long as this broker leads it. Events are dealt with one after
 * another in memory; what they write goes to the partition, is applied when it is committed, and only then answered.
 */
export class Coordinator<State, Turn, TimerId, Own> implements Turning<Turn> {
  readonly #options: CoordinatorOptions<State, Turn, TimerId, Own>
  readonly #timers = new Map<string, Timer>()
  #phase: 'loading' | 'active' | 'over' = 'loading'

  constructor(options: CoordinatorOptions<State, Turn, TimerId, Own>) {
    this.#options = options
  }

  get state(): State {
    return this.#options.machine.state
  }

  get partition(): Partition {
    return this.#options.partition
  }

  get availability(): ErrorCode {
    if (this.#phase === 'active') return ErrorCode.NONE
    return this.#phase === 'loading' ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NOT_COORDINATOR
  }

  /** Reads everything that earlier coordinators wrote; from then on it can be asked. */
  async load(): Promise<void> {
    const { partition, log, machine, settings } = this.#options
    const isWanted = (): boolean => this.#phase === 'loading'
    const bytesMax = settings.loadBytesMax
    try {
      const count = await loadState({ sink: machine, partition, log, bytesMax, isWanted })
      if (!isWanted()) return
      this.#phase = 'active'
      this.turn((turn) => machine.loaded(turn))
      log.info(`Loaded ${count} records of ${partition.name}`)
    } catch (error) {
      // Half of what was written is worse than nothing: who asks is sent away, as by a broker that does not lead.
      this.#phase = 'over'
      log.error(`The ${machine.what} of ${partition.name} cannot be loaded: ${(error as Error).message}`)
    }
  }

  /** Somebody else leads the partition, or the broker stops: who waits is told so. */
  unload(): void {
    const wasActive = this.#phase === 'active'
    this.#phase = 'over'
    if (wasActive) this.turn((turn) => this.#options.machine.unload(turn))
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  /** Deals with an event that is answered now or later. */
  ask<Answer>(event: (turn: Turn, asker: Asker<Answer>) => void): Promise<Answer> {
    return new Promise((resolve) => {
      const asker: Waiting<Answer> = { resolve }
      this.turn((turn) => event(turn, asker))
    })
  }

  turn(event: (turn: Turn) => void): void {
    this.#follow((outcome) => event(this.#options.machine.turn(outcome)))
  }

  /** Puts the end of a producer's transaction behind all that was written before; it counts once it is committed. */
  async endTransaction(marker: TransactionMarker): Promise<ErrorCode> {
    const { machine, clock } = this.#options
    const { producerId, isCommit, isVersion2 } = marker
    const batch = buildEndTransactionMarker({
      ...marker,
      type: isCommit ? 'COMMIT' : 'ABORT',
      timestamp: clock.now(),
    })
    const { error } = await this.#append([batch], { markerRaisesEpoch: isVersion2 })
    if (error === undefined) machine.endTransaction(producerId, isCommit)
    return error ?? ErrorCode.NONE
  }

  #follow(act: (outcome: Outcome<TimerId, Own>) => void): void {
    const effects = new Effects<TimerId, Own>()
    act({ now: this.#options.clock.now(), effects })
    this.#carryOut(effects)
  }

  #carryOut(effects: Effects<TimerId, Own>): void {
    for (const effect of effects.list) {
      switch (effect.type) {
        case 'reply':
          ;(effect.to as Waiting<unknown>).resolve(effect.answer)
          break
        case 'write':
          this.#write(effect.write)
          break
        case 'set timer':
          this.#setTimer(effect.timer, effect.delayMs)
          break
        case 'cancel timer':
          this.#cancelTimer(effect.timer)
          break
        case 'log':
          this.#options.log[effect.level](effect.message)
          break
        case 'own':
          this.#options.machine.carryOut(effect.own, this)
      }
    }
  }

  #write(write: Write<TimerId, Own>): void {
    const { clock, settings, partition } = this.#options
    let isSettled = false
    const settleOnce = (error: ErrorCode): void => {
      if (isSettled) return
      isSettled = true
      this.#follow((outcome) => write.settle?.(toldAs(error), outcome))
    }
    const timer = clock.after(settings.writeTimeoutMs, () => {
      // After a stall of the process the disk may have long been done: it is heard first.
      setImmediate(() => settleOnce(ErrorCode.REQUEST_TIMED_OUT))
    })
    const batches = writeBatches(write, settings, clock.now(), partition.log.config.maxMessageBytes)
    void this.#append(batches).then((outcome) => {
      timer.cancel()
      this.#follow((next) => {
        if (outcome.error === undefined) write.apply?.(outcome.baseOffset, next)
        else write.drop?.(next)
      })
      settleOnce(outcome.error ?? ErrorCode.NONE)
    })
  }

  /** Into the log at once, in the order of the turns; resolves when it is committed, or cannot be. */
  async #append(batches: readonly Buffer[] | null, rules: Partial<PartitionAppendOptions> = {}): Promise<CommitResult> {
    const { partition } = this.#options
    if (batches === null) return { error: ErrorCode.MESSAGE_TOO_LARGE }
    let first: number | null = null
    let end = 0
    for (const batch of batches) {
      const appended = partition.append(batch, { origin: 'coordinator', acks: ACKS_ALL, ...rules })
      if (appended.error !== undefined) return appended
      first ??= appended.baseOffset
      end = appended.lastOffset + 1
    }
    const error = await partition.whenCommitted(end)
    // Replicas that fell out afterwards do not take out of the log what all of them had.
    const isCommitted = error === ErrorCode.NONE || error === ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND
    return isCommitted ? { baseOffset: first ?? end } : { error }
  }

  #setTimer(timer: TimerId, delayMs: number): void {
    this.#cancelTimer(timer)
    if (this.#phase === 'over') return
    const { clock, machine } = this.#options
    const key = machine.timers.key(timer)
    const handle = clock.after(delayMs, () => {
      // After a stall of the process heartbeats wait in the sockets: they are heard before anybody is declared dead.
      setImmediate(() => {
        if (this.#timers.get(key) !== handle) return
        this.#timers.delete(key)
        this.turn((turn) => machine.timers.runOut(turn, timer))
      })
    })
    this.#timers.set(key, handle)
  }

  #cancelTimer(timer: TimerId): void {
    const key = this.#options.machine.timers.key(timer)
    this.#timers.get(key)?.cancel()
    this.#timers.delete(key)
  }
}

/** Who asked, as the coordinator knows it. */
interface Waiting<Answer> extends Asker<Answer> {
  readonly resolve: (answer: Answer) => void
}
