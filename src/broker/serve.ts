import type { Timer } from '../base/clock.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import type { ServedConnection } from '../net/connection.js'
import { REQUEST_ELEMENTS_MAX, readRequest } from '../protocol/codec.js'
import { ErrorCode } from '../protocol/errors.js'
import { ApiVersions } from '../protocol/messages/api-versions.js'
import { type RequestHeader, readRequestHeader } from '../protocol/request-header.js'
import { isStorageError } from '../storage/storage-error.js'
import { encodeAnswer, encodeWideAnswer, isWide } from './answer.js'
import type { Broker } from './broker.js'
import { isForwarded as isForController } from './forwarded.js'
import { askController } from './forwarding-for.js'
import type { Connection, Handler } from './handler.js'
import { NotController } from './not-controller.js'
import { refusal } from './refusal.js'
import { RequestThrottle } from './request-throttle.js'
import { type Arrival, Slot } from './slot.js'

/** Requests of one connection that may be under way together, where their handler lets them overlap … */
const OVERLAPPING_MAX = 64
/** … and the bytes that these may hold. */
const OVERLAPPING_BYTES_MAX = 8 * 1024 * 1024
/** A longer request may take a tenth of a second to be read; only Produce carries anything but long lists. */
const WIDE_REQUEST_BYTES = 64 * 1024
/** One with so many elements in its lists takes longer than a turn. */
const WIDE_REQUEST_ELEMENTS = 2000
/** Answers are gathered and written together up to this size. */
const GATHERED_BYTES_MAX = 64 * 1024
/** Up to this size several pieces are copied together: cheaper than handing each to the operating system. */
const JOINED_BYTES_MAX = 8 * 1024

/** What is served on one listener: hand each accepted connection to the function that comes back. */
export function serve(
  broker: Broker,
  listenerName: string,
  handlers: readonly Handler[],
): (connection: ServedConnection) => void {
  const byKey = new Map(handlers.map((handler) => [handler.api.key, handler]))
  return (connection) => {
    const session = new Session(broker, connection, listenerName, handlers, byKey)
    connection.onProgress = () => session.proceed()
  }
}

/** One connection: requests are taken one at a time and answered in order, as clients rely on. */
class Session implements Connection {
  readonly id: string
  readonly dialled: { readonly host: string; readonly port: number }
  readonly clientHost: string
  readonly clientPort: number
  software = { name: 'unknown', version: 'unknown' }
  readonly principal = 'User:ANONYMOUS'
  readonly #slots: Slot[] = []
  /** A request that has come but may not begin before the answers that are owed. */
  #held: Arrival | null = null
  #underWayBytes = 0
  #gathered: Buffer[] = []
  #gatheredBytes = 0
  #afterwards: (() => void)[] = []
  #isProceeding = false
  #isScheduled = false
  /** How many requests under way let none overlap them. */
  #holds = 0
  /** Something came that cannot be answered: what is owed still goes out, then the connection ends. */
  #hasRefused = false
  /** Until this is over no request is taken. */
  #mute: Timer | null = null

  constructor(
    readonly broker: Broker,
    readonly connection: ServedConnection,
    readonly listenerName: string,
    readonly served: readonly Handler[],
    readonly byKey: ReadonlyMap<number, Handler>,
  ) {
    this.id = connection.id
    this.dialled = connection.local
    this.clientHost = connection.remote.host
    this.clientPort = connection.remote.port
  }

  onClose(act: () => void): () => void {
    return this.connection.onClose(act)
  }

  holdBack(): () => void {
    this.#holds++
    return () => {
      this.#holds--
      this.#proceedSoon()
    }
  }

  /** Does whatever can be done now: takes requests, writes answers, closes when the peer has ended. */
  proceed(): void {
    if (this.#isProceeding) return
    this.#isProceeding = true
    this.#isScheduled = false
    while (this.#takeOne());
    this.#write()
    this.#isProceeding = false
    const isOver = this.#hasRefused || (this.connection.hasEnded && this.#held === null)
    if (isOver && this.#slots.length === 0) this.connection.close()
  }

  #takeOne(): boolean {
    const { connection } = this
    if (connection.isClosed || connection.isBlocked || this.#hasRefused || this.#mute !== null) return false
    const before = this.#slots.at(-1)?.arrival.handler ?? null
    if (before !== null && !this.#mayOverlap(before)) return false
    const arrival = this.#held ?? this.#arrive()
    if (arrival === null) return false
    const mustWait = before !== null && arrival.handler !== before
    this.#held = mustWait ? arrival : null
    if (!mustWait) this.#begin(arrival)
    return !mustWait
  }

  #mayOverlap(before: Handler): boolean {
    if (this.broker.quotas.isActive) return false
    return (
      before.overlaps &&
      this.#holds === 0 &&
      this.#slots.length < OVERLAPPING_MAX &&
      this.#underWayBytes < OVERLAPPING_BYTES_MAX
    )
  }

  /** The next request with its header read, or null when there is none, or none that can be answered. */
  #arrive(): Arrival | null {
    const frame = this.connection.next()
    if (frame === null) return null
    const body = new Reader(frame.bytes)
    try {
      const header = readRequestHeader(body)
      const handler = this.byKey.get(header.apiKey)
      if (handler === undefined) return this.#refuse(`asked for API ${header.apiKey}, which is not served`)
      if (isServed(handler, header.apiVersion) || handler.api === ApiVersions)
        return { frame, header, handler, body, bodyBytes: body.remaining }
      return this.#refuse(`asked for ${handler.api.name} version ${header.apiVersion}, which is not served`)
    } catch (error) {
      return this.#refuse(`sent a request whose header cannot be read: ${reason(error)}`)
    }
  }

  #begin(arrival: Arrival): void {
    const { handler, header, bodyBytes } = arrival
    const slot = this.#slot(arrival)
    if (!isServed(handler, header.apiVersion)) this.#settle(slot, unsupportedVersion(handler))
    else if (bodyBytes < WIDE_REQUEST_BYTES) this.#run(slot, this.#read(arrival))
    else if (handler.overlaps) this.#beginOverlapping(slot)
    else void this.#beginInTurns(slot)
  }

  /** Long records are no long list. */
  #beginOverlapping(slot: Slot): void {
    const { arrival } = slot
    const request = this.#read(arrival)
    if (REQUEST_ELEMENTS_MAX - arrival.body.elementsLeft < WIDE_REQUEST_ELEMENTS) {
      this.#run(slot, request)
      return
    }
    const letGo = this.holdBack()
    void slot.turns.next().then(() => {
      letGo()
      this.#run(slot, request)
    })
  }

  async #beginInTurns(slot: Slot): Promise<void> {
    const { turns } = slot
    await turns.next()
    const request = this.connection.isClosed ? null : this.#read(slot.arrival)
    await turns.next()
    this.#run(slot, request)
  }

  /** Null where it cannot be read. */
  #read({ handler, header, body, frame }: Arrival): unknown {
    try {
      const request = readRequest(handler.api, header.apiVersion, body)
      // Kafka lets go of the bytes that it has read, too, but of those that hold records.
      if (!handler.releasesRequest) frame.settle?.()
      return request
    } catch (error) {
      return this.#refuse(`sent a ${handler.api.name} request that cannot be read: ${reason(error)}`)
    }
  }

  #slot(arrival: Arrival): Slot {
    const throttle = this.broker.quotas.isActive ? this.#throttleOf(arrival) : null
    const slot = new Slot(this, arrival, throttle)
    this.#slots.push(slot)
    this.#underWayBytes += arrival.frame.bytes.length
    return slot
  }

  #throttleOf({ header }: Arrival): RequestThrottle {
    return new RequestThrottle(this.broker, this.principal, header.clientId)
  }

  #run(slot: Slot, request: unknown): void {
    if (request === null) {
      this.#settle(slot, null)
      return
    }
    slot.throttle?.resume()
    const { handler, header } = slot.arrival
    try {
      const serve = (): unknown => handler.serve(request, slot)
      const answer = isForController(handler.api) ? this.#askController(slot, request, serve) : serve()
      slot.throttle?.pause()
      if (answer instanceof Promise) {
        answer.then(
          (value) => this.#settle(slot, value),
          (error) => this.#settle(slot, this.#failed(header, handler, request, error)),
        )
      } else this.#settle(slot, answer)
    } catch (error) {
      this.#settle(slot, this.#failed(header, handler, request, error))
    }
  }

  /** The node that may change the metadata, which may be this one. */
  async #askController({ arrival, throttle }: Slot, request: unknown, serve: () => unknown): Promise<unknown> {
    const { handler, header, frame } = arrival
    const asked = { api: handler.api, version: header.apiVersion, request, bytes: frame.bytes }
    const { value, isOurs } = await askController(this.broker, this, asked, serve)
    if (!isOurs) throttle?.forwarded(value)
    return value
  }

  #failed({ apiVersion }: RequestHeader, { api }: Handler, request: unknown, error: unknown): unknown {
    if (error instanceof NotController) return refusal(api, apiVersion, request, ErrorCode.NOT_CONTROLLER)
    const what = `Connection ${this.id}: ${api.name} version ${apiVersion} failed`
    if (isStorageError(error)) {
      this.broker.log.warn(`${what}: ${reason(error)}`)
      return refusal(api, apiVersion, request, ErrorCode.KAFKA_STORAGE_ERROR)
    }
    this.broker.log.error(`${what}: ${trace(error)}`)
    return refusal(api, apiVersion, request, ErrorCode.UNKNOWN_SERVER_ERROR)
  }

  #settle(slot: Slot, answer: unknown): void {
    slot.answer = answer
    slot.isSettled = true
    this.#sendSettled()
    if (this.#isProceeding || this.#isScheduled) return
    // Answers of the same turn follow one another closely: the last one owed takes all of them along.
    if (this.#slots.length === 0) this.proceed()
    else this.#proceedSoon()
  }

  #proceedSoon(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    process.nextTick(() => this.proceed())
  }

  #sendSettled(): void {
    for (let slot = this.#slots[0]; slot?.isSettled; slot = this.#slots[0]) {
      const { handler, bodyBytes } = slot.arrival
      const told = this.#finish(slot)
      const isBrief = handler.overlaps && bodyBytes < WIDE_REQUEST_BYTES
      if (told !== null && !isBrief && isWide(told)) {
        slot.isSettled = false
        void this.#sendInTurns(slot, told)
        return
      }
      this.#slots.shift()
      if (told !== null) this.#send(slot, told)
    }
  }

  /** What is to be sent; null for nothing. */
  #finish({ arrival, answer, afterwards, throttle }: Slot): unknown {
    const { frame, handler } = arrival
    this.#underWayBytes -= frame.bytes.length
    if (handler.releasesRequest) frame.release()
    const throttleMs = throttle === null ? 0 : throttle.settle(answer !== null)
    if (throttleMs > 0) this.#muteFor(throttleMs)
    if (answer !== null && answer !== 'close' && !this.connection.isClosed)
      return throttleMs > 0 ? { ...answer, throttleTimeMs: throttleMs } : answer
    if (answer === 'close' && !this.connection.isClosed) this.#hasRefused = true
    if (afterwards !== null) this.#afterwards.push(...afterwards)
    if (this.connection.isClosed) this.#runAfterwards()
    return null
  }

  #send({ arrival, afterwards, throttle }: Slot, told: unknown): void {
    const { header, handler } = arrival
    const version = isServed(handler, header.apiVersion) ? header.apiVersion : 0
    try {
      throttle?.resume()
      this.#gather(encodeAnswer(handler.api, version, header.correlationId, told), afterwards)
      throttle?.wrote()
    } catch (error) {
      this.#unwritable(handler, error)
    }
  }

  /** Its slot is kept until then: no other request begins. */
  async #sendInTurns(slot: Slot, told: unknown): Promise<void> {
    const { handler, header } = slot.arrival
    try {
      const chunks = await encodeWideAnswer(handler.api, header.apiVersion, header.correlationId, told, slot.turns)
      this.#gather(chunks, slot.afterwards)
      slot.throttle?.wrote()
    } catch (error) {
      this.#unwritable(handler, error)
    }
    this.#slots.shift()
    this.#sendSettled()
    this.proceed()
  }

  #unwritable({ api }: Handler, error: unknown): void {
    this.broker.log.error(`Connection ${this.id}: no ${api.name} answer could be written: ${trace(error)}`)
    this.connection.close()
  }

  #muteFor(ms: number): void {
    if (this.connection.isClosed) return
    this.#mute?.cancel()
    const cancelOnClose = this.connection.onClose(() => this.#mute?.cancel())
    this.#mute = this.broker.clock.after(ms, () => {
      cancelOnClose()
      this.#mute = null
      this.proceed()
    })
  }

  #gather(chunks: readonly Buffer[], afterwards: readonly (() => void)[] | null): void {
    if (afterwards !== null) this.#afterwards.push(...afterwards)
    for (const chunk of chunks) {
      this.#gathered.push(chunk)
      this.#gatheredBytes += chunk.length
    }
    if (this.#gatheredBytes >= GATHERED_BYTES_MAX) this.#write()
  }

  #write(): void {
    if (this.#gathered.length === 0) return
    const isSmall = this.#gathered.length > 1 && this.#gatheredBytes <= JOINED_BYTES_MAX
    const chunks = isSmall ? [Buffer.concat(this.#gathered, this.#gatheredBytes)] : this.#gathered
    const afterwards = this.#afterwards
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#afterwards = []
    if (afterwards.length === 0) this.connection.send(chunks)
    else this.connection.send(chunks, () => runAll(afterwards))
  }

  #runAfterwards(): void {
    runAll(this.#afterwards.splice(0))
  }

  /** No answer can be framed reliably, so the connection is closed, as Kafka does. */
  #refuse(what: string): null {
    this.broker.log.info(`Connection ${this.id} ${what}; closing it`)
    this.#hasRefused = true
    return null
  }
}

/** Produce is advertised from version 0 on, for the sake of old librdkafka, and has no schema below 3 (KAFKA-18659). */
function isServed({ api, versions }: Handler, version: number): boolean {
  return version >= Math.max(versions.min, api.minVersion) && version <= versions.max
}

/** The one request that is answered in any version, in the oldest form: so clients find out what is spoken (KIP-511). */
function unsupportedVersion({ api, versions }: Handler): unknown {
  return {
    errorCode: ErrorCode.UNSUPPORTED_VERSION,
    apiKeys: [{ apiKey: api.key, minVersion: versions.min, maxVersion: versions.max }],
  }
}

function runAll(acts: readonly (() => void)[]): void {
  for (const act of acts) act()
}

function trace(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function reason(error: unknown): string {
  return error instanceof MalformedBytes || isStorageError(error) ? (error as Error).message : trace(error)
}
