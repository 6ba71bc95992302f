import type { Clock, Timer } from '../../src/base/clock.js'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import { readResponse, writeRequest } from '../../src/protocol/codec.js'
import { readResponseHeader, writeRequestHeader } from '../../src/protocol/header.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import type { Network } from './network.js'
import type { Wire } from './wire.js'

/** A call that got no answer: whether it was carried out is not known. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
}

interface Call {
  readonly correlationId: number
  readonly api: Api
  readonly version: number
  readonly resolve: (response: never) => void
  readonly reject: (error: NoAnswer) => void
  readonly timer: Timer
}

/** A connection as a client has it. After the first call without an answer it is over. */
export class Link {
  /** Resolves when it is over. */
  readonly closed: Promise<void>
  readonly #calls: Call[] = []
  #correlationId = 0
  #isClosed = false
  #tellClosed: () => void = () => {}

  constructor(
    readonly network: Network,
    readonly wire: Wire,
    readonly clientId: string,
    readonly clock: Clock,
  ) {
    wire.onAnswer = (frame) => this.#answer(frame)
    wire.onClosed = () => this.close()
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** @throws NoAnswer */
  call<A extends Api>(api: A, version: number, request: WriteRequest<A>, timeoutMs = 2000): Promise<ReadResponse<A>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new NoAnswer('closed')
      const correlationId = this.#correlationId++
      const timer = this.clock.after(timeoutMs, () => this.close())
      this.#calls.push({ correlationId, api, version, resolve: resolve as Call['resolve'], reject, timer })
      this.wire.toServer(this.#encode(api, version, correlationId, request))
    })
  }

  /** Without an answer. */
  send<A extends Api>(api: A, version: number, request: WriteRequest<A>): void {
    if (!this.#isClosed) this.wire.toServer(this.#encode(api, version, this.#correlationId++, request))
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.wire.closedByClient()
    for (const { reject, api, timer } of this.#calls.splice(0)) {
      timer.cancel()
      reject(new NoAnswer(`no answer to ${api.name}`))
    }
    this.#tellClosed()
  }

  /** Whoever had it is no more, and hears of nothing. */
  abandon(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { timer } of this.#calls.splice(0)) timer.cancel()
    this.wire.closedByClient()
  }

  #encode<A extends Api>(api: A, version: number, correlationId: number, request: WriteRequest<A>): Buffer {
    const writer = new Writer()
    writeRequestHeader(writer, api, { version, correlationId, clientId: this.clientId })
    writeRequest(api, version, writer, request)
    return Buffer.concat(writer.chunks())
  }

  #answer(frame: Buffer): void {
    const call = this.#calls.shift()
    if (this.#isClosed) return
    if (call === undefined) throw new Error(`${this.clientId}: an answer came that nobody asked for`)
    call.timer.cancel()
    const reader = new Reader(frame)
    const { correlationId } = readResponseHeader(reader, call.api, call.version)
    if (correlationId !== call.correlationId)
      throw new Error(`${this.clientId}: ${correlationId} was answered instead of ${call.correlationId}`)
    call.resolve(readResponse(call.api, call.version, reader) as never)
  }
}
