import type { Random } from '../../src/base/random.js'
import { ErrorCode, errorName, isRetriable } from '../../src/protocol/errors.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import { BrokenPromise, type Ledger } from './ledger.js'
import { type Host, type Link, type Network, NoAnswer } from './network.js'
import type { WorldClock } from './world-clock.js'

/** What clients have of the world they live in. */
export interface Surroundings {
  readonly clock: WorldClock
  readonly network: Network
  readonly host: Host
  readonly ledger: Ledger
  readonly tell: (what: () => string) => void
  /** Nothing more goes wrong, and everybody comes to an end. */
  readonly isCalm: () => boolean
}

/** A client: it connects again when its connection has broken, and asks again where asking twice does no harm. */
export class Client {
  #link: Link | null = null

  constructor(
    readonly name: string,
    readonly random: Random,
    readonly world: Surroundings,
  ) {}

  /** A connection that works as far as anybody knows; waits until there is one. */
  async link(): Promise<Link> {
    while (this.#link === null || this.#link.isClosed) {
      try {
        this.#link = await this.world.network.connect(this.world.host, this.name)
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        await this.pause(200)
      }
    }
    return this.#link
  }

  /** One try. @throws NoAnswer */
  async call<A extends Api>(
    api: A,
    version: number,
    request: WriteRequest<A>,
    timeoutMs?: number,
  ): Promise<ReadResponse<A>> {
    return (await this.link()).call(api, version, request, timeoutMs)
  }

  /** Tries until there is an answer without one of the errors that pass. */
  async ask<A extends Api>(
    api: A,
    version: number,
    request: WriteRequest<A>,
    errorsOf: (answer: ReadResponse<A>) => readonly ErrorCode[],
  ): Promise<ReadResponse<A>> {
    for (;;) {
      const answer = await this.attempt(api, version, request)
      if (answer !== null && !errorsOf(answer).some(passes)) return answer
      await this.pause(100)
    }
  }

  /** One try; null where there was no answer. */
  async attempt<A extends Api>(
    api: A,
    version: number,
    request: WriteRequest<A>,
    timeoutMs?: number,
  ): Promise<ReadResponse<A> | null> {
    try {
      return await this.call(api, version, request, timeoutMs)
    } catch (error) {
      if (error instanceof NoAnswer) return null
      throw error
    }
  }

  disconnect(): void {
    this.#link?.close()
  }

  async pause(msMax: number): Promise<void> {
    await this.world.clock.wait(1 + this.random.int(msMax))
  }

  tell(what: () => string): void {
    this.world.tell(() => `${this.name}: ${what()}`)
  }

  oneOf<T>(things: readonly T[]): T {
    return things[this.random.int(things.length)]!
  }

  /** An answer that no honest client should get. */
  protest(what: string, error: ErrorCode): never {
    throw new BrokenPromise(`${this.name}: ${what} was answered with ${errorName(error)}`)
  }
}

/** Whether an error goes away by itself; UNKNOWN_SERVER_ERROR never is an answer. */
export function passes(error: ErrorCode): boolean {
  return error !== ErrorCode.NONE && (isRetriable(error) || error === ErrorCode.KAFKA_STORAGE_ERROR)
}
