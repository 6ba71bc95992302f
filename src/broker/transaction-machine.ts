import type { Outcome } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import type { OwnEffect, TimerId } from '../transaction/effects.js'
import { completionTimeout } from '../transaction/markers.js'
import { loaded, replay, unload } from '../transaction/replay.js'
import { type TransactionConfig, Transactions, type Turn } from '../transaction/transactions.js'
import type { Machine, Turning } from './coordinator.js'
import type { LoadedRecord } from './coordinator-loading.js'
import type { MarkerSender } from './marker-sender.js'

type Allocation = Extract<OwnEffect, { type: 'allocate producer id' }>

export interface TransactionMachineOptions {
  readonly config: TransactionConfig
  /** The leader epoch of the partition. */
  readonly coordinatorEpoch: number
  readonly allocateProducerId: () => Promise<bigint>
  readonly markers: MarkerSender
}

/** The transactions of one partition of `__transaction_state`, as a coordinator runs them. */
export class TransactionMachine implements Machine<Transactions, Turn, TimerId, OwnEffect> {
  readonly what = 'transactions'
  readonly state: Transactions
  readonly loaded = loaded
  readonly unload = unload
  readonly timers = {
    key: ({ kind, transactionalId }: TimerId): string => `${kind}\0${transactionalId}`,
    runOut: (turn: Turn, { transactionalId }: TimerId): void => completionTimeout(turn, transactionalId),
  }
  readonly #options: TransactionMachineOptions

  constructor(options: TransactionMachineOptions) {
    this.state = new Transactions(options.config, options.coordinatorEpoch)
    this.#options = options
  }

  turn(outcome: Outcome<TimerId, OwnEffect>): Turn {
    return { ...outcome, transactions: this.state }
  }

  replay(record: LoadedRecord): number | null {
    return replay(this.state, record)
  }

  /** Nobody writes into this topic as part of a transaction. */
  endTransaction(): void {}

  carryOut(own: OwnEffect, coordinator: Turning<Turn>): void {
    if (own.type === 'send markers') this.#options.markers.send(own.markers, coordinator)
    else void this.#allocate(own, coordinator)
  }

  async #allocate({ proceed }: Allocation, coordinator: Turning<Turn>): Promise<void> {
    const allocated = await this.#options.allocateProducerId().catch(() => ErrorCode.COORDINATOR_NOT_AVAILABLE)
    const isOver = coordinator.availability === ErrorCode.NOT_COORDINATOR
    coordinator.turn((turn) => proceed(turn, isOver ? ErrorCode.NOT_COORDINATOR : allocated))
  }
}
