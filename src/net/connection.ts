import type { Socket } from 'node:net'
import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { AnswerMemory } from './answer-memory.js'
import type { BufferPool } from './buffer-pool.js'
import { type Frame, FrameAssembler, lengthHint } from './frame.js'
import { type Receiver, receiveAccepted } from './receive.js'
import type { RequestMemory } from './request-memory.js'

export interface ConnectionOptions {
  readonly id: string
  readonly clock: Clock
  readonly log: Log
  readonly pool: BufferPool
  /** `socket.request.max.bytes`: a longer frame closes the connection before memory is spent on it. */
  readonly frameBytesMax: number
  /** `connections.max.idle.ms`: so long without a byte in or out, and the connection is closed. Negative: never. */
  readonly idleMsMax: number
  /** Of all connections together; without it there is no limit. */
  readonly memory?: RequestMemory
  /** Of all connections together, for answers; without it there is no limit. */
  readonly answers?: AnswerMemory
  /** Read straight into the memory of the frame, where this Node can; on unless said otherwise. */
  readonly readInPlace?: boolean
}

/** A connection as those who serve it see it, whatever the bytes travel on. */
export type ServedConnection = Omit<FramedConnection, 'lastActiveMs' | 'unsentBytes' | 'hangUp'>

/**
 * An accepted connection as a source of frames and a sink of answers. Who serves it sets `onProgress`, takes frames with
 * `next`, and answers with `send`. While a complete frame waits to be taken nothing more is read: that is the backpressure.
 */
export class FramedConnection {
  readonly id: string
  readonly remote: { readonly host: string; readonly port: number }
  readonly local: { readonly host: string; readonly port: number }
  /** Something changed: frames came, the peer ended its side, or blocked writes have drained. */
  onProgress: () => void = () => {}
  readonly #socket: Socket
  readonly #assembler: FrameAssembler
  readonly #clock: Clock
  readonly #log: Log
  readonly #idleMsMax: number
  readonly #closeListeners = new Set<() => void>()
  readonly #memory: RequestMemory | null
  readonly #answers: AnswerMemory | null
  /** Of `#memory`, by requests of this connection. */
  #heldBytes = 0
  #idleTimer: Timer | null = null
  #lastActiveMs: number
  #isReading = true
  #hasEnded = false
  #isClosed = false
  #isClosing = false

  constructor(accepted: Socket, options: ConnectionOptions) {
    this.id = options.id
    this.remote = { host: plainAddress(accepted.remoteAddress), port: accepted.remotePort ?? 0 }
    this.local = { host: plainAddress(accepted.localAddress), port: accepted.localPort ?? 0 }
    this.#clock = options.clock
    this.#log = options.log
    this.#idleMsMax = options.idleMsMax
    this.#memory = options.memory ?? null
    this.#answers = options.answers ?? null
    this.#assembler = new FrameAssembler(options.pool, options.frameBytesMax)
    this.#lastActiveMs = options.clock.monotonicMs()
    const receiver: Receiver = { assembler: this.#assembler, arrived: () => this.#arrived() }
    this.#socket = receiveAccepted(accepted, receiver, options.readInPlace ?? true)
    this.#listen()
    this.#watchIdle()
  }

  /** To be called once `onProgress` is set. */
  start(): void {
    this.#socket.resume()
  }

  /** The peer will send no more, and everything that it sent has been taken. */
  get hasEnded(): boolean {
    return this.#hasEnded && this.#assembler.waiting === 0
  }

  /** Answers wait in memory for a peer that reads slowly; `onProgress` tells when they have gone out. */
  get isBlocked(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** Of answers that the system has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  /** By the clock's monotonic time: when a byte last came or went. */
  get lastActiveMs(): number {
    return this.#lastActiveMs
  }

  get isClosed(): boolean {
    return this.#isClosed || this.#isClosing
  }

  /** The next complete frame. The bytes after a frame of impossible length mean nothing, so there the connection ends. */
  next(): Frame | null {
    if (this.isClosed) return null
    if (this.#memory?.isExhausted && this.#assembler.waiting > 0) {
      this.#memory.whenRoom(this.#goOn)
      return null
    }
    const frame = this.#assembler.next()
    if (frame === null && this.#assembler.refusedLength !== null) this.#refuse(this.#assembler.refusedLength)
    else if (!this.#isReading && this.#assembler.waiting === 0) this.#resume()
    return frame === null || this.#memory === null ? frame : this.#metered(frame, this.#memory)
  }

  /** Hands `chunks` to the operating system in one piece; `written` runs when they may be changed again. */
  send(chunks: readonly Buffer[], written?: () => void): void {
    if (this.isClosed) {
      written?.()
      return
    }
    this.#lastActiveMs = this.#clock.monotonicMs()
    const socket = this.#socket
    const last = chunks.length - 1
    if (last > 0) socket.cork()
    for (let i = 0; i < last; i++) socket.write(chunks[i]!)
    if (written === undefined) socket.write(chunks[last]!)
    else socket.write(chunks[last]!, written)
    if (last > 0) socket.uncork()
    if (socket.writableNeedDrain) this.#answers?.account(this)
  }

  /** Closes after what was sent has gone out. */
  close(): void {
    if (this.isClosed) return
    this.#isClosing = true
    this.#socket.destroySoon()
  }

  /** For the sake of others, whose answers need the memory. */
  hangUp(): void {
    const idleMs = Math.round(this.#clock.monotonicMs() - this.#lastActiveMs)
    this.#log.warn(`Connection ${this.id} has not read ${this.unsentBytes} bytes for ${idleMs} ms; closing it`)
    this.destroy()
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  /** Runs `act` when the connection is gone, at once if it is. Returns a way to take it back. */
  onClose(act: () => void): () => void {
    if (this.#isClosed) {
      act()
      return () => {}
    }
    this.#closeListeners.add(act)
    return () => this.#closeListeners.delete(act)
  }

  #listen(): void {
    const socket = this.#socket
    socket.on('error', (error) => this.#log.debug(`Connection ${this.id}: ${error.message}`))
    socket.on('end', () => {
      this.#hasEnded = true
      this.onProgress()
    })
    socket.on('drain', () => {
      this.#lastActiveMs = this.#clock.monotonicMs()
      this.#answers?.account(this)
      this.onProgress()
    })
    socket.on('close', () => this.#closed())
  }

  #arrived(): boolean {
    this.#lastActiveMs = this.#clock.monotonicMs()
    this.onProgress()
    this.#isReading = !this.#isClosed && this.#assembler.waiting === 0 && this.#assembler.refusedLength === null
    if (this.#isReading && this.#memory?.isExhausted) {
      this.#isReading = false
      this.#memory.whenRoom(this.#goOn)
    }
    return this.#isReading
  }

  #resume(): void {
    if (this.#memory?.isExhausted) {
      this.#memory.whenRoom(this.#goOn)
      return
    }
    this.#isReading = true
    this.#socket.resume()
  }

  /** There is memory for another request. */
  readonly #goOn = (): void => {
    if (this.isClosed) return
    if (this.#assembler.waiting > 0) this.onProgress()
    else if (!this.#isReading) this.#resume()
  }

  /** The same frame, which counts until it is settled or released, or the connection is gone. */
  #metered(frame: Frame, memory: RequestMemory): Frame {
    let heldBytes = frame.bytes.length
    memory.take(heldBytes)
    this.#heldBytes += heldBytes
    const settle = (): void => {
      if (heldBytes === 0 || this.#isClosed) return
      const freed = heldBytes
      heldBytes = 0
      this.#heldBytes -= freed
      memory.give(freed)
    }
    return {
      bytes: frame.bytes,
      settle,
      release: () => {
        settle()
        frame.release()
      },
    }
  }

  #refuse(length: number): void {
    this.#log.warn(`Connection ${this.id} sent a frame of ${length} bytes${lengthHint(length)}; closing it`)
    this.close()
  }

  #closed(): void {
    this.#isClosed = true
    this.#idleTimer?.cancel()
    this.#assembler.close()
    this.#answers?.forget(this)
    this.#memory?.forget(this.#goOn)
    this.#memory?.give(this.#heldBytes)
    const listeners = [...this.#closeListeners]
    this.#closeListeners.clear()
    for (const act of listeners) act()
  }

  /** One timer that looks when the connection was last used, instead of one that every byte sets anew. */
  #watchIdle(): void {
    if (this.#idleMsMax < 0) return
    const idleMs = this.#clock.monotonicMs() - this.#lastActiveMs
    if (idleMs >= this.#idleMsMax) {
      this.#log.debug(`Connection ${this.id} has been idle for ${Math.round(idleMs)} ms; closing it`)
      this.destroy()
      return
    }
    this.#idleTimer = this.#clock.after(this.#idleMsMax - idleMs, () => this.#watchIdle())
  }
}

/** An IPv4 peer of an IPv6 socket is shown as what it is. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '')
}
