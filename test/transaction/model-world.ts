import { expect } from 'vitest'
import type { Random } from '../../src/base/random.js'
import { type Asker, Effects, type Write } from '../../src/coordination/effects.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import type { Markers, OwnEffect, TimerId, TransactionEffects } from '../../src/transaction/effects.js'
import { expireIds } from '../../src/transaction/expiry.js'
import { completionTimeout, markersWritten } from '../../src/transaction/markers.js'
import type { TopicPartition } from '../../src/transaction/partition-set.js'
import { loaded, replay, unload } from '../../src/transaction/replay.js'
import { abortTimedOut } from '../../src/transaction/timeouts.js'
import type { Standing } from '../../src/transaction/transaction.js'
import { Transactions, type Turn } from '../../src/transaction/transactions.js'
import { ModelLog } from './model-log.js'
import { ModelPartition } from './model-partition.js'

export const PARTITIONS: readonly TopicPartition[] = ['a', 'b'].flatMap((topic) =>
  [0, 1].map((partition) => ({ topic, partition })),
)
const TIMEOUTS = [ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS]

interface Waiting<Answer> extends Asker<Answer> {
  readonly answered: (answer: Answer) => void
}

export function waiting<Answer>(answered: (answer: Answer) => void): Asker<Answer> {
  return { answered } as Waiting<Answer>
}

interface PendingWrite {
  readonly write: Write<TimerId, OwnEffect>
  readonly transactions: Transactions
  isSettled: boolean
}

/** What is around a coordinator: a log that may be slow or refuse, markers that take their time, coordinators that take over. */
export class ModelWorld {
  readonly log = new ModelLog((decision) => this.#expectReached(decision))
  transactions: Transactions
  now = 0
  #nextProducerId = 1000n
  #writes: PendingWrite[] = []
  #allocations: Extract<OwnEffect, { type: 'allocate producer id' }>[] = []
  #markers: { readonly markers: Markers; readonly left: TopicPartition[] }[] = []
  readonly #timers = new Set<string>()
  readonly #partitions = new Map(PARTITIONS.map((place) => [nameOf(place), new ModelPartition()]))

  constructor(
    readonly random: Random,
    readonly config: Transactions['config'],
  ) {
    this.transactions = new Transactions(config, 1)
  }

  partition(place: TopicPartition): ModelPartition {
    return this.#partitions.get(nameOf(place))!
  }

  turn(act: (turn: Turn) => void, transactions = this.transactions): void {
    const effects: TransactionEffects = new Effects()
    act({ transactions, now: this.now, effects })
    this.#carryOut(effects, transactions)
  }

  /** Something happens that no producer asked for. */
  step(): void {
    const { random } = this
    const acts: (() => void)[] = [
      () => this.#settleFirst(true),
      () => this.#settleFirst(true),
      () => this.#settleFirst(true),
      () => this.#settleFirst(random.int(4) > 0),
      () => this.#tellThatItTakesLong(),
      () => this.#allocate(random.int(5) > 0),
      () => this.#allocate(true),
      () => this.#deliverMarkers(random.int(3) > 0),
      () => this.#deliverMarkers(true),
      () => this.#fireTimers(),
      () => this.#passTime(random.int(3) === 0 ? 500 : 20),
    ]
    acts[random.int(acts.length)]!()
    if (random.int(60) === 0) this.restart()
    if (random.int(200) === 0) this.#passTime(this.config.idExpirationMs)
  }

  /** Another coordinator: it knows what is in the log, and of what was on its way any part from the front may be. */
  restart(): void {
    const old = this.transactions
    this.turn(unload)
    for (let arrived = this.random.int(this.#writes.length + 1); arrived > 0; arrived--) this.#settleFirst(true)
    while (this.#writes.length > 0) this.#settleFirst(false)
    this.#allocations = []
    this.#timers.clear()
    this.transactions = new Transactions(this.config, old.coordinatorEpoch + 1)
    for (const record of this.log.records) replay(this.transactions, record)
    this.turn(loaded)
  }

  /** Everything gets through, and whatever is open takes too long, until nothing happens any more. */
  comeToRest(): void {
    for (let round = 0; round < 20; round++) {
      while (this.#writes.length + this.#allocations.length + this.#markers.length + this.#timers.size > 0) {
        this.#settleFirst(true)
        this.#allocate(true)
        this.#deliverMarkers(true)
        this.#fireTimers()
      }
      this.#passTime(10_000)
    }
    for (const [name, partition] of this.#partitions) expect(partition.hasOpen, `${name} is left open`).toBe(false)
    for (const { id, isBusy, standing } of this.transactions) {
      expect(isBusy || standing.state === 'Ongoing', `${id} is left ${standing.state}`).toBe(false)
    }
  }

  #expectReached({ state, producerId, producerEpoch, partitions }: Standing): void {
    for (const place of partitions) {
      const end = this.partition(place).lastEnd(producerId, producerEpoch)
      expect(end, `the decision about ${producerId}/${producerEpoch} is in ${nameOf(place)}`).toBe(
        state === 'PrepareCommit' ? 'commit' : 'abort',
      )
    }
  }

  #carryOut({ list }: TransactionEffects, transactions: Transactions): void {
    for (const effect of list) {
      if (effect.type === 'reply') (effect.to as Waiting<unknown>).answered(effect.answer)
      else if (effect.type === 'write') this.#writes.push({ write: effect.write, transactions, isSettled: false })
      else if (effect.type === 'set timer') this.#timers.add(effect.timer.transactionalId)
      else if (effect.type === 'cancel timer') this.#timers.delete(effect.timer.transactionalId)
      else if (effect.type === 'own') this.#carryOutOwn(effect.own, transactions)
    }
  }

  #carryOutOwn(own: OwnEffect, transactions: Transactions): void {
    expect(transactions.isOver, 'who is over asks for nothing').toBe(false)
    if (own.type === 'allocate producer id') this.#allocations.push(own)
    else this.#markers.push({ markers: own.markers, left: [...own.markers.partitions] })
  }

  #settleFirst(isTaken: boolean): void {
    const pending = this.#writes.shift()
    if (pending === undefined) return
    const { write, transactions, isSettled } = pending
    const effects: TransactionEffects = new Effects()
    const outcome = { now: this.now, effects }
    if (isTaken) write.apply?.(this.log.append(write.records), outcome)
    else write.drop?.(outcome)
    if (!isSettled) write.settle?.(isTaken ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE, outcome)
    this.#carryOut(effects, transactions)
  }

  #tellThatItTakesLong(): void {
    const pending = this.#writes.find(({ isSettled }) => !isSettled)
    if (pending === undefined) return
    pending.isSettled = true
    const effects: TransactionEffects = new Effects()
    pending.write.settle?.(TIMEOUTS[this.random.int(TIMEOUTS.length)]!, { now: this.now, effects })
    this.#carryOut(effects, pending.transactions)
  }

  #allocate(isGiven: boolean): void {
    const allocation = this.#allocations.shift()
    if (allocation === undefined) return
    this.turn((turn) =>
      allocation.proceed(turn, isGiven ? this.#nextProducerId++ : ErrorCode.COORDINATOR_NOT_AVAILABLE),
    )
  }

  /** Those of earlier coordinators are still on their way; nobody waits for them. */
  #deliverMarkers(isHeardOf: boolean): void {
    const index = this.random.int(this.#markers.length || 1)
    const { markers, left } = this.#markers[index] ?? {}
    const place = left?.pop()
    if (markers === undefined || left === undefined || place === undefined) return
    const isCurrent = markers.coordinatorEpoch === this.transactions.coordinatorEpoch
    const isTaken = this.partition(place).end(markers)
    if (isCurrent) expect(isTaken, 'markers of the coordinator are taken').toBe(true)
    if (isCurrent && !isHeardOf) left.unshift(place)
    else if (isCurrent) this.turn((turn) => markersWritten(turn, { ...markers, partitions: [place] }))
    if (left.length === 0) this.#markers = this.#markers.filter((sent) => sent.left !== left)
  }

  #fireTimers(): void {
    for (const id of this.#timers) {
      this.#timers.delete(id)
      this.turn((turn) => completionTimeout(turn, id))
    }
  }

  #passTime(ms: number): void {
    this.now += ms
    this.turn(abortTimedOut)
    this.turn(expireIds)
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`
