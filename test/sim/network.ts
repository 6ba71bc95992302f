import type { Random } from '../../src/base/random.js'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import type { ServedConnection } from '../../src/net/connection.js'
import type { Frame } from '../../src/net/frame.js'
import { readResponse, writeRequest } from '../../src/protocol/codec.js'
import { readResponseHeader, writeRequestHeader } from '../../src/protocol/header.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import type { WorldClock } from './world-clock.js'

const LENGTH_BYTES = 4
/** What a request's memory is overwritten with when it is given back: whoever still looks at it will notice. */
const SCRIBBLE = 0xdb

/** A call that got no answer: whether it was carried out is not known. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
}

export interface NetworkFaults {
  /** One message in so many takes its connection down with it; 0: none. */
  cutOneIn: number
  /** One message in so many takes a thousand times as long as others; 0: none. */
  lateOneIn: number
}

/** Whoever takes connections; null while nobody does. */
export interface Host {
  accept: ((connection: ServedConnection) => void) | null
  readonly wires: Set<Wire>
}

/** Connections in memory: in each direction messages arrive late but in order, up to the moment when the connection breaks. */
export class Network {
  #wires = 0

  constructor(
    readonly clock: WorldClock,
    readonly random: Random,
    readonly faults: NetworkFaults,
    readonly run: (act: () => void) => void,
  ) {}

  /** @throws NoAnswer when nobody listens there */
  async connect(host: Host, clientId: string): Promise<Link> {
    await this.clock.wait(this.delayMs())
    if (host.accept === null) throw new NoAnswer('refused')
    const wire = new Wire(this, host, `${clientId}-${this.#wires++}`)
    host.wires.add(wire)
    host.accept(wire.server)
    return new Link(this, wire, clientId)
  }

  delayMs(): number {
    const { lateOneIn } = this.faults
    return lateOneIn > 0 && this.random.int(lateOneIn) === 0 ? this.random.int(3000) : this.random.int(30) / 10
  }

  doesCut(): boolean {
    const { cutOneIn } = this.faults
    return cutOneIn > 0 && this.random.int(cutOneIn) === 0
  }
}

/** One connection: what is on its way in both directions. */
export class Wire {
  readonly server: ServerEnd
  onAnswer: (frame: Buffer) => void = () => {}
  onClosed: () => void = () => {}
  #toServerMs = 0
  #toClientMs = 0
  #isBroken = false

  constructor(
    readonly network: Network,
    readonly host: Host,
    readonly id: string,
  ) {
    this.server = new ServerEnd(this)
  }

  toServer(frame: Buffer): void {
    const { network } = this
    if (network.doesCut()) this.break()
    this.#toServerMs = this.#in(Math.max(this.#toServerMs, network.clock.monotonicMs() + network.delayMs()), () =>
      this.server.arrive(frame),
    )
  }

  toClient(chunks: readonly Buffer[], written: (() => void) | undefined): void {
    const { network } = this
    // What is lent until it is written may not be copied before that: it would not be seen when it changes too early.
    const early = written === undefined ? Buffer.concat(chunks) : null
    if (network.doesCut()) this.break()
    this.#toClientMs = this.#in(Math.max(this.#toClientMs, network.clock.monotonicMs() + network.delayMs()), () => {
      const bytes = early ?? Buffer.concat(chunks)
      written?.()
      if (!this.#isBroken) for (const frame of framesOf(bytes)) this.onAnswer(frame)
    })
  }

  /** Both sides hear of it, each in its own time; requests that are on their way may still arrive. */
  break(): void {
    if (this.#isBroken) return
    this.#isBroken = true
    const { clock, random } = this.network
    const now = clock.monotonicMs()
    this.#in(now + random.int(20) / 10, () => this.onClosed())
    this.#in(now + random.int(random.int(4) === 0 ? 2000 : 40) / 10, () => this.server.end())
  }

  /** The process that served it has ended. */
  serverDied(): void {
    this.server.die()
    this.break()
  }

  #in(atMs: number, act: () => void): number {
    const { clock, run } = this.network
    clock.at(atMs, () => run(act))
    return atMs
  }
}

function* framesOf(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + LENGTH_BYTES + bytes.readInt32BE(at)
    yield bytes.subarray(at + LENGTH_BYTES, end)
    at = end
  }
}

/** A connection as the broker has it. */
class ServerEnd implements ServedConnection {
  readonly remote = { host: '127.0.0.1', port: 40_000 }
  readonly local = { host: '127.0.0.1', port: 9092 }
  readonly isBlocked = false
  onProgress: () => void = () => {}
  readonly #frames: Frame[] = []
  readonly #closeListeners = new Set<() => void>()
  #isClosed = false
  #isDead = false

  constructor(readonly wire: Wire) {}

  get id(): string {
    return this.wire.id
  }

  get hasEnded(): boolean {
    return this.#isClosed
  }

  get lastActiveMs(): number {
    return this.wire.network.clock.monotonicMs()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  start(): void {}

  arrive(bytes: Buffer): void {
    if (this.#isClosed || this.#isDead) return
    this.#frames.push({ bytes, release: () => void bytes.fill(SCRIBBLE) })
    this.onProgress()
  }

  next(): Frame | null {
    return this.#isClosed ? null : (this.#frames.shift() ?? null)
  }

  send(chunks: readonly Buffer[], written?: () => void): void {
    if (this.#isDead) return
    if (this.#isClosed) written?.()
    else this.wire.toClient(chunks, written)
  }

  close(): void {
    this.end()
    this.wire.break()
  }

  destroy(): void {
    this.close()
  }

  onClose(act: () => void): () => void {
    if (this.#isClosed) {
      act()
      return () => {}
    }
    this.#closeListeners.add(act)
    return () => this.#closeListeners.delete(act)
  }

  end(): void {
    if (this.#isClosed || this.#isDead) return
    this.#isClosed = true
    this.wire.host.wires.delete(this.wire)
    const listeners = [...this.#closeListeners]
    this.#closeListeners.clear()
    for (const act of listeners) act()
  }

  die(): void {
    this.#isDead = true
  }
}

interface Call {
  readonly correlationId: number
  readonly api: Api
  readonly version: number
  readonly resolve: (response: never) => void
  readonly reject: (error: NoAnswer) => void
}

/** A connection as a client has it. After the first call without an answer it is over. */
export class Link {
  readonly #calls: Call[] = []
  #correlationId = 0
  #isClosed = false

  constructor(
    readonly network: Network,
    readonly wire: Wire,
    readonly clientId: string,
  ) {
    wire.onAnswer = (frame) => this.#answer(frame)
    wire.onClosed = () => this.close()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** @throws NoAnswer */
  call<A extends Api>(api: A, version: number, request: WriteRequest<A>, timeoutMs = 2000): Promise<ReadResponse<A>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new NoAnswer('closed')
      const correlationId = this.#correlationId++
      const call: Call = { correlationId, api, version, resolve: resolve as Call['resolve'], reject }
      this.#calls.push(call)
      this.network.clock.after(timeoutMs, () => {
        if (this.#calls.includes(call)) this.close()
      })
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
    this.wire.break()
    for (const { reject, api } of this.#calls.splice(0)) reject(new NoAnswer(`no answer to ${api.name}`))
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
    const reader = new Reader(frame)
    const { correlationId } = readResponseHeader(reader, call.api, call.version)
    if (correlationId !== call.correlationId)
      throw new Error(`${this.clientId}: ${correlationId} was answered instead of ${call.correlationId}`)
    call.resolve(readResponse(call.api, call.version, reader) as never)
  }
}
