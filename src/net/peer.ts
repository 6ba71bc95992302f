import { connect, type Socket } from 'node:net'
import type { connect as TlsConnect, ConnectionOptions as TlsOptions } from 'node:tls'
import type { Clock, Timer } from '../base/clock.js'
import { afterRunning } from '../base/patient-timer.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { Writer } from '../bytes/writer.js'
import { readResponse, writeRequest } from '../protocol/codec.js'
import { readResponseHeader, writeRequestHeader } from '../protocol/header.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'
import { BufferPool } from './buffer-pool.js'
import { type Frame, FrameAssembler, lengthHint } from './frame.js'
import { PeerError, type PeerErrorKind } from './peer-error.js'
import { copyFrom, type Receiver, readInto } from './receive.js'

const LENGTH_BYTES = 4
const REQUEST_TIMEOUT_MS = 30_000
/** Tried at its commonest address first: a command that asks for no name's address starts 4 ms sooner. */
const LOCALHOST = 'localhost'
const LOOPBACK = '127.0.0.1'
/** Answers are not limited by Kafka; beyond this one is rather nonsense from somebody who is no broker. */
const ANSWER_BYTES_MAX = 1024 * 1024 * 1024

export interface PeerOptions {
  readonly host: string
  readonly port: number
  /** Encrypts, with these settings; `host` is what the certificate is checked against. */
  readonly tls?: TlsOptions
  readonly clientId: string
  readonly clock: Clock
  readonly connectTimeoutMs: number
}

/**
 * Is given, before an answer is there, what gives the memory back that the answer's bytes are views of. Who does not call it, or
 * is not asked, merely has the memory not used again.
 */
export type Lend = (giveBack: () => void) => void

/** For the answers to come. */
const POOL_BYTES_MAX = 2 * 1024 * 1024

interface Call {
  readonly correlationId: number
  readonly api: Api
  readonly version: number
  readonly resolve: (response: never) => void
  readonly reject: (error: PeerError) => void
  readonly timer: Timer
  readonly lend: Lend | undefined
}

/**
 * One outgoing connection to a broker. Requests may be sent before earlier ones are answered; answers come in order. After
 * the first error the connection is over: every call that waits, and every later one, fails with a PeerError.
 */
export class Peer {
  readonly host: string
  readonly port: number
  /** Resolves when the connection has ended: null after `close`, otherwise what ended it. */
  readonly closed: Promise<PeerError | null>
  readonly #socket: Socket
  readonly #options: PeerOptions
  readonly #assembler: FrameAssembler
  readonly #calls: Call[] = []
  #correlationId = 0
  #ending: { error: PeerError | null } | null = null
  #resolveClosed: (error: PeerError | null) => void = () => {}

  /** @throws PeerError */
  static async connect(options: PeerOptions): Promise<Peer> {
    // Loading TLS takes longer than a short command should.
    const connectTls = options.tls === undefined ? null : (await import('node:tls')).connect
    if (options.host !== LOCALHOST) return await Peer.#connect(options, options.host, connectTls)
    try {
      return await Peer.#connect(options, LOOPBACK, connectTls)
    } catch (error) {
      if (!(error instanceof PeerError) || error.kind !== 'refused') throw error
      return await Peer.#connect(options, LOCALHOST, connectTls)
    }
  }

  static async #connect(options: PeerOptions, address: string, connectTls: typeof TlsConnect | null): Promise<Peer> {
    const peer = new Peer(options, address, connectTls)
    await peer.#connected()
    return peer
  }

  private constructor(options: PeerOptions, address: string, connectTls: typeof TlsConnect | null) {
    this.host = options.host
    this.port = options.port
    this.#options = options
    this.#assembler = new FrameAssembler(new BufferPool(POOL_BYTES_MAX), ANSWER_BYTES_MAX)
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    this.#socket = this.#open(address, connectTls)
    this.#socket.setNoDelay(true)
    this.#socket.setKeepAlive(true)
    this.#socket.on('end', () => this.#end(this.#error('closed', 'the broker closed the connection')))
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#end(this.#socketError(error)))
    this.#socket.on('close', () => this.#end(this.#error('closed', 'the connection was closed')))
  }

  get isClosed(): boolean {
    return this.#ending !== null
  }

  /**
   * Sends a request and returns its answer.
   * @throws PeerError; UnsupportedFieldError where `version` cannot carry the request
   */
  call<A extends Api>(
    api: A,
    version: number,
    request: WriteRequest<A>,
    { timeoutMs = REQUEST_TIMEOUT_MS, lend }: { timeoutMs?: number; lend?: Lend | undefined } = {},
  ): Promise<ReadResponse<A>> {
    return new Promise((resolve, reject) => {
      if (this.#ending !== null) throw this.#ending.error ?? this.#error('closed', 'the connection was closed')
      const correlationId = this.#write(api, version, request)
      // An answer may have come while this process stood still: it is read before it is missed.
      const timer = afterRunning(this.#options.clock, timeoutMs, () => this.#timeOut(api, timeoutMs))
      this.#calls.push({ correlationId, api, version, resolve: resolve as Call['resolve'], reject, timer, lend })
    })
  }

  /** Sends a request that is not answered (Produce with acks=0). */
  send<A extends Api>(api: A, version: number, request: WriteRequest<A>): void {
    if (this.#ending === null) this.#write(api, version, request)
  }

  /** Bytes that wait for the other side to read. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  close(): void {
    this.#end(null)
  }

  #open(address: string, connectTls: typeof TlsConnect | null): Socket {
    const { host, port, tls } = this.#options
    const receiver: Receiver = { assembler: this.#assembler, arrived: () => this.#arrived() }
    if (connectTls === null) return connect({ host: address, port, onread: readInto(receiver) })
    const socket = connectTls({ host: address, port, servername: /[a-z]/i.test(host) ? host : undefined, ...tls })
    copyFrom(socket, receiver)
    return socket
  }

  #connected(): Promise<void> {
    const { clock, connectTimeoutMs, tls } = this.#options
    return new Promise((resolve, reject) => {
      const timer = clock.after(connectTimeoutMs, () => {
        this.#end(this.#error('timeout', `no connection within ${connectTimeoutMs} ms`))
      })
      this.#socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        timer.cancel()
        resolve()
      })
      this.closed.then((error) => {
        timer.cancel()
        reject(error ?? this.#error('closed', 'the connection was closed'))
      })
    })
  }

  #write<A extends Api>(api: A, version: number, request: WriteRequest<A>): number {
    const correlationId = this.#correlationId
    const writer = new Writer()
    writer.int32(0)
    writeRequestHeader(writer, api, { version, correlationId, clientId: this.#options.clientId })
    writeRequest(api, version, writer, request)
    this.#correlationId = (correlationId + 1) & 0x7fffffff
    const sizeBytes = writer.length - LENGTH_BYTES
    const chunks = writer.chunks()
    chunks[0]!.writeInt32BE(sizeBytes, 0)
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.uncork()
    return correlationId
  }

  #arrived(): boolean {
    for (let frame = this.#assembler.next(); frame !== null && !this.isClosed; frame = this.#assembler.next()) {
      this.#answer(frame)
    }
    const length = this.#assembler.refusedLength
    if (length !== null) this.#end(this.#error('malformed', `an answer of ${length} bytes came${lengthHint(length)}`))
    return !this.isClosed
  }

  /** The frame is not released but by who has borrowed it: the answer may hold views of it for as long as anybody likes. */
  #answer(frame: Frame): void {
    const { bytes } = frame
    const call = this.#calls.shift()
    if (call === undefined) {
      this.#end(this.#error('malformed', 'an answer came that nobody asked for'))
      return
    }
    call.timer.cancel()
    try {
      const reader = new Reader(bytes)
      const { correlationId } = readResponseHeader(reader, call.api, call.version)
      if (correlationId !== call.correlationId) {
        throw new MalformedBytes(`it answers request ${correlationId} instead of ${call.correlationId}`)
      }
      call.lend?.(() => frame.release())
      call.resolve(readResponse(call.api, versionOfAnswer(call, bytes), reader) as never)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      const refused = this.#error('malformed', `the ${call.api.name} answer cannot be read: ${error.message}`)
      call.reject(refused)
      this.#end(refused)
    }
  }

  /** Answers come in order, so none after the missing one can come either: Kafka's clients drop the connection too. */
  #timeOut(api: Api, timeoutMs: number): void {
    this.#end(this.#error('timeout', `no answer to ${api.name} within ${timeoutMs} ms`))
  }

  #end(error: PeerError | null): void {
    if (this.#ending !== null) return
    this.#ending = { error }
    this.#socket.destroy()
    this.#assembler.close()
    for (const call of this.#calls.splice(0)) {
      call.timer.cancel()
      call.reject(error ?? this.#error('closed', 'the connection was closed'))
    }
    this.#resolveClosed(error)
  }

  #socketError(error: NodeJS.ErrnoException): PeerError {
    const kind = this.#socket.connecting || REFUSALS.has(error.code ?? '') ? 'refused' : 'closed'
    return this.#error(kind, error.message || (error.code ?? 'the connection failed'), error.code ?? null)
  }

  #error(kind: PeerErrorKind, what: string, code: string | null = null): PeerError {
    return new PeerError(kind, this.host, this.port, `${this.host}:${this.port}: ${what}`, code)
  }
}

const REFUSALS = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])

const API_VERSIONS_KEY = 18
const UNSUPPORTED_VERSION = 35

/** A broker that does not know this version of ApiVersions says so in the oldest form (KIP-511). */
function versionOfAnswer({ api, version }: Call, bytes: Buffer): number {
  const isRefusal = api.key === API_VERSIONS_KEY && bytes.length >= 6 && bytes.readInt16BE(4) === UNSUPPORTED_VERSION
  return isRefusal ? 0 : version
}
