import type { ErrorCode } from '../../src/protocol/errors.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import { type Client, passes } from './client.js'
import { type Link, NoAnswer } from './link.js'
import type { Found } from './routes.js'

/** A client's way to whoever is responsible for something: looked for again each time that it may have been the wrong one. */
export class Way {
  #found: Found | null = null

  constructor(
    readonly client: Client,
    /** Null where nobody is responsible now. */
    readonly find: () => Promise<Found | null> | Found,
  ) {}

  /** Of who leads, as far as this client knows; -1 where that is not known. */
  get leaderEpoch(): number {
    return this.#found?.leaderEpoch ?? -1
  }

  /** A connection that works as far as anybody knows; waits until there is one. */
  async link(): Promise<Link> {
    for (;;) {
      try {
        this.#found ??= await this.find()
        if (this.#found !== null) return await this.client.connect(this.#found.host)
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
      }
      this.forget()
      await this.client.pause(200)
    }
  }

  /** Somebody else may be responsible by now. */
  forget(): void {
    this.#found = null
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
      this.forget()
      await this.client.pause(100)
    }
  }

  /** One try; null where there was no answer. */
  async attempt<A extends Api>(
    api: A,
    version: number,
    request: WriteRequest<A>,
    timeoutMs?: number,
  ): Promise<ReadResponse<A> | null> {
    return this.over(await this.link(), api, version, request, timeoutMs)
  }

  /** One try over a connection of this way. */
  async over<A extends Api>(
    link: Link,
    api: A,
    version: number,
    request: WriteRequest<A>,
    timeoutMs?: number,
  ): Promise<ReadResponse<A> | null> {
    try {
      const answer = await link.call(api, version, request, timeoutMs)
      if (complains(answer)) this.forget()
      return answer
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      this.forget()
      return null
    }
  }
}

/** Whether anything in an answer is an error. */
function complains(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || answer instanceof Uint8Array) return false
  return Object.entries(answer).some(([name, value]) =>
    name === 'errorCode' || name.endsWith('ErrorCode') ? value !== 0 : complains(value),
  )
}
