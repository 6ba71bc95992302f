import type { Clock } from '../base/clock.js'
import type { Lend } from '../net/peer.js'
import { Fetch } from '../protocol/messages/fetch.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'
import type { OtherBrokers } from './other-brokers.js'
import { Signal } from './waiting.js'

/** What is wrong with a node on purpose, so that a person can watch what follows. */
export interface Faults {
  /** As a process that was stopped: nothing goes out and nothing is taken in. */
  readonly isPaused: boolean
  /** By so many milliseconds its fetches as a replica are late. */
  readonly lagMs: number
  /** The nodes that it cannot reach, and that do not reach it. */
  readonly cutFrom: readonly number[]
}

export const NO_FAULTS: Faults = { isPaused: false, lagMs: 0, cutFrom: [] }

/** The faults of one node that are in force now. */
export class NodeFaults {
  readonly changes = new Signal()
  #now: Faults = NO_FAULTS

  get now(): Faults {
    return this.#now
  }

  set(faults: Faults): void {
    this.#now = faults
    this.changes.fire()
  }
}

export interface FaultyWay {
  readonly faults: NodeFaults
  readonly clock: Clock
  /** Whether what is fetched on this way are partitions, and not metadata. */
  readonly areReplicas: boolean
}

/** The way to other nodes, as bad as the faults of this one make it. */
export class FaultyNodes implements OtherBrokers {
  #isClosed = false
  readonly #closing = new Signal()

  /** @param nodes the way that is sound */
  constructor(
    readonly nodes: OtherBrokers,
    readonly options: FaultyWay,
  ) {}

  get faults(): NodeFaults {
    return this.options.faults
  }

  async call<A extends Api>(
    to: number,
    api: A,
    version: number,
    request: WriteRequest<A>,
    lend?: Lend,
  ): Promise<ReadResponse<A>> {
    if (this.options.areReplicas && api.key === Fetch.key) await this.#late()
    await this.#unpaused()
    this.#refuseCut(to)
    const answer = await this.#unlessCut(to, this.nodes.call(to, api, version, request, lend))
    await this.#unpaused()
    return answer
  }

  /** Who is cut off, or stands still, finds out nothing. */
  async isGone(nodeId: number): Promise<boolean> {
    const { isPaused, cutFrom } = this.faults.now
    if (isPaused || cutFrom.includes(nodeId)) return false
    return (await this.nodes.isGone?.(nodeId)) ?? false
  }

  close(): void {
    this.#isClosed = true
    this.nodes.close()
    this.#closing.fire()
  }

  /** A fetch waits out its lag, or until there is none any more. */
  #late(): Promise<void> | void {
    const { lagMs } = this.faults.now
    if (lagMs === 0) return
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel()
        stop()
        stopClosing()
        resolve()
      }
      const timer = this.options.clock.after(lagMs, done)
      const stop = this.faults.changes.listen(() => {
        if (this.faults.now.lagMs !== lagMs) done()
      })
      const stopClosing = this.#closing.listen(done)
    })
  }

  async #unpaused(): Promise<void> {
    while (this.faults.now.isPaused && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        const stop = this.faults.changes.listen(done)
        const stopClosing = this.#closing.listen(done)
        function done(): void {
          stop()
          stopClosing()
          resolve()
        }
      })
    }
    if (this.#isClosed) throw new Error('this node goes')
  }

  #refuseCut(to: number): void {
    if (this.faults.now.cutFrom.includes(to)) throw new Error(`node ${to} is cut off`)
  }

  /** What was on its way when the network was cut does not arrive. */
  async #unlessCut<T>(to: number, answer: Promise<T>): Promise<T> {
    let stop = (): void => {}
    const cut = new Promise<never>((_, reject) => {
      stop = this.faults.changes.listen(() => {
        if (this.faults.now.cutFrom.includes(to)) reject(new Error(`node ${to} is cut off`))
      })
    })
    try {
      return await Promise.race([answer, cut])
    } finally {
      stop()
    }
  }
}
