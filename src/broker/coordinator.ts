import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { type Asker, Effects, type StateRecord } from '../coordination/effects.js'
import type { GroupWrite, TimerId } from '../group/effects.js'
import { Groups, type Turn } from '../group/groups.js'
import { sessionTimeout } from '../group/heartbeat.js'
import { joinTimeout } from '../group/rebalance.js'
import { loaded, unload } from '../group/replay.js'
import { syncTimeout } from '../group/sync.js'
import { ErrorCode } from '../protocol/errors.js'
import { buildBatch } from '../records/builder.js'
import type { Compression } from '../records/layout.js'
import type { BrokerConfig } from './broker-config.js'
import { groupConfig } from './group-config.js'
import { loadGroups } from './group-loading.js'
import { ACKS_ALL, type CommitResult, type Partition } from './partition.js'

const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

export interface CoordinatorOptions {
  readonly partition: Partition
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
}

/**
 * The groups of one partition of `__consumer_offsets`, as long as this broker leads it. Events are dealt with one after another
 * in memory; what they write goes to the partition, is applied when it is committed, and only then answered.
 */
export class Coordinator {
  readonly groups: Groups
  readonly #options: CoordinatorOptions
  readonly #timers = new Map<string, Timer>()
  #state: 'loading' | 'active' | 'over' = 'loading'

  constructor(options: CoordinatorOptions) {
    this.#options = options
    this.groups = new Groups(groupConfig(options.config))
  }

  get partition(): Partition {
    return this.#options.partition
  }

  /** NONE, or why nothing can be asked of it now. */
  get availability(): ErrorCode {
    if (this.#state === 'active') return ErrorCode.NONE
    return this.#state === 'loading' ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NOT_COORDINATOR
  }

  /** Reads everything that earlier coordinators wrote; from then on it can be asked. */
  async load(): Promise<void> {
    const { partition, clock, log, config } = this.#options
    const isWanted = (): boolean => this.#state === 'loading'
    const bytesMax = config.int('offsets.load.buffer.size')
    try {
      const count = await loadGroups({ groups: this.groups, partition, clock, log, bytesMax, isWanted })
      if (!isWanted()) return
      this.#state = 'active'
      this.turn(loaded)
      log.info(`Loaded ${count} records of ${partition.name}`)
    } catch (error) {
      // Half of what was written is worse than nothing: who asks is sent away, as by a broker that does not lead.
      this.#state = 'over'
      log.error(`The groups of ${partition.name} cannot be loaded: ${(error as Error).message}`)
    }
  }

  /** Somebody else leads the partition, or the broker stops: who waits is told so. */
  unload(): void {
    const wasActive = this.#state === 'active'
    this.#state = 'over'
    if (wasActive) this.turn(unload)
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
    const effects = new Effects()
    event({ groups: this.groups, now: this.#options.clock.now(), effects })
    this.#carryOut(effects)
  }

  #carryOut(effects: Effects): void {
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
      }
    }
  }

  #write(write: GroupWrite): void {
    let isSettled = false
    const settleOnce = (error: ErrorCode): void => {
      if (isSettled) return
      isSettled = true
      this.#settle(write, error)
    }
    const timeoutMs = this.#options.config.int('offsets.commit.timeout.ms')
    const timer = this.#options.clock.after(timeoutMs, () => settleOnce(ErrorCode.REQUEST_TIMED_OUT))
    void this.#append(write).then((outcome) => {
      timer.cancel()
      const effects = new Effects()
      const next = { now: this.#options.clock.now(), effects }
      if (outcome.error === undefined) write.apply?.(outcome.baseOffset, next)
      else write.drop?.(next)
      this.#carryOut(effects)
      settleOnce(outcome.error ?? ErrorCode.NONE)
    })
  }

  /** Into the log at once, in the order of the turns; resolves when it is committed, or cannot be. */
  async #append(write: GroupWrite): Promise<CommitResult> {
    const { partition } = this.#options
    const batches = this.#batchesOf(write)
    if (batches === null) return { error: ErrorCode.MESSAGE_TOO_LARGE }
    let first: number | null = null
    let end = 0
    for (const batch of batches) {
      const appended = partition.append(batch, { origin: 'coordinator', acks: ACKS_ALL })
      if (appended.error !== undefined) return appended
      first ??= appended.baseOffset
      end = appended.lastOffset + 1
    }
    const error = await partition.whenCommitted(end)
    // Replicas that fell out afterwards do not take out of the log what all of them had.
    const isCommitted = error === ErrorCode.NONE || error === ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND
    return isCommitted ? { baseOffset: first ?? end } : { error }
  }

  /** What goes into the log together is one batch, unless it may be divided; null where it is too large for the log. */
  #batchesOf({ records, isDivisible = false }: Pick<GroupWrite, 'records' | 'isDivisible'>): Buffer[] | null {
    const batch = this.#batchOf(records)
    if (batch.length <= this.partition.log.config.maxMessageBytes) return [batch]
    if (!isDivisible || records.length === 1) return null
    const half = records.length >> 1
    const [front, back] = [records.slice(0, half), records.slice(half)].map((part) =>
      this.#batchesOf({ records: part, isDivisible }),
    )
    return front && back ? [...front, ...back] : null
  }

  #batchOf(records: readonly StateRecord[]): Buffer {
    const { clock, config } = this.#options
    const timestamp = clock.now()
    const compression = COMPRESSIONS[config.int('offsets.topic.compression.codec')] ?? 'none'
    // Kafka's coordinators begin their sequence at 0, though there is no producer that it could belong to.
    return buildBatch({
      compression,
      baseSequence: 0,
      records: records.map(({ key, value }) => ({ timestamp, key, value })),
    })
  }

  #settle(write: GroupWrite, error: ErrorCode): void {
    const effects = new Effects()
    write.settle?.(toldAs(error), { now: this.#options.clock.now(), effects })
    this.#carryOut(effects)
  }

  #setTimer(timer: TimerId, delayMs: number): void {
    this.#cancelTimer(timer)
    if (this.#state === 'over') return
    const key = keyOf(timer)
    const handle = this.#options.clock.after(delayMs, () => {
      // After a stall of the process heartbeats wait in the sockets: they are heard before anybody is declared dead.
      setImmediate(() => {
        if (this.#timers.get(key) !== handle) return
        this.#timers.delete(key)
        this.turn((turn) => runOut(turn, timer))
      })
    })
    this.#timers.set(key, handle)
  }

  #cancelTimer(timer: TimerId): void {
    const key = keyOf(timer)
    this.#timers.get(key)?.cancel()
    this.#timers.delete(key)
  }
}

/** Who asked, as the coordinator knows it. */
interface Waiting<Answer> extends Asker<Answer> {
  readonly resolve: (answer: Answer) => void
}

function runOut(turn: Turn, { kind, groupId, memberId }: TimerId): void {
  if (kind === 'join') joinTimeout(turn, groupId)
  else if (kind === 'sync') syncTimeout(turn, groupId)
  else sessionTimeout(turn, groupId, memberId)
}

function keyOf({ kind, groupId, memberId }: TimerId): string {
  return `${kind}\0${groupId}\0${memberId}`
}

/** What clients of the coordinator are told of an error of the partition behind it. */
function toldAs(error: ErrorCode): ErrorCode {
  switch (error) {
    case ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode.NOT_ENOUGH_REPLICAS:
    case ErrorCode.REQUEST_TIMED_OUT:
      return ErrorCode.COORDINATOR_NOT_AVAILABLE
    case ErrorCode.NOT_LEADER_OR_FOLLOWER:
    case ErrorCode.KAFKA_STORAGE_ERROR:
      return ErrorCode.NOT_COORDINATOR
    case ErrorCode.NETWORK_EXCEPTION:
      return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
    case ErrorCode.MESSAGE_TOO_LARGE:
    case ErrorCode.RECORD_LIST_TOO_LARGE:
    case ErrorCode.INVALID_FETCH_SIZE:
      return ErrorCode.UNKNOWN_SERVER_ERROR
    default:
      return error
  }
}
