import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../base/clock.js'
import { UserError } from '../base/user-error.js'
import { BufferPool } from './buffer-pool.js'
import { FrameAssembler } from './frame.js'

/** A request that is not complete by then never will be. */
const REQUEST_MS_MAX = 10_000
const CONNECT_MS_MAX = 5_000
const CONNECTIONS_MAX = 32

export interface LocalServerOptions {
  /** A path of a unix-domain socket, or the name of a named pipe on Windows. Nothing may lie there. */
  readonly address: string
  readonly clock: Clock
  readonly requestBytesMax: number
  /** What to send back for one request. It never rejects. */
  readonly answer: (request: Buffer) => Promise<Buffer>
}

/**
 * Serves requests of this machine: one per connection, each and its answer a frame as Kafka's (int32 length, then so many
 * bytes). Whoever sends something else, or too much of it, is hung up on.
 */
export class LocalServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  /** @throws when the address cannot be listened on */
  static async open(options: LocalServerOptions): Promise<LocalServer> {
    const server = new LocalServer(options)
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject)
      server.#server.listen(options.address, resolve)
    })
    return server
  }

  private constructor(options: LocalServerOptions) {
    this.#server = createServer((socket) => this.#take(socket, options))
    this.#server.maxConnections = CONNECTIONS_MAX
  }

  /** Ends at once; the system takes the socket's file away. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #take(socket: Socket, { clock, requestBytesMax, answer }: LocalServerOptions): void {
    this.#sockets.add(socket)
    const giveUp = clock.after(REQUEST_MS_MAX, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      giveUp.cancel()
      this.#sockets.delete(socket)
    })
    onFrame(socket, requestBytesMax, async (request) => {
      giveUp.cancel()
      socket.pause()
      const answered = await answer(request)
      if (!socket.destroyed) socket.end(framed(answered))
    })
  }
}

export interface LocalQuestion {
  readonly address: string
  readonly clock: Clock
  readonly request: Buffer
  readonly answerBytesMax: number
}

/** Sends one request and waits for its answer, however long that takes. @throws UserError when nobody answers there */
export function askLocal({ address, clock, request, answerBytesMax }: LocalQuestion): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    const fail = (reason: string): void => {
      giveUp.cancel()
      socket.destroy()
      reject(new UserError(`the broker does not answer on ${address}: ${reason}`, 'See its log: klog broker logs'))
    }
    const giveUp = clock.after(CONNECT_MS_MAX, () => fail('no connection'))
    socket.once('error', (error) => fail(error.message))
    socket.once('close', () => fail('it hung up'))
    socket.once('connect', () => {
      giveUp.cancel()
      socket.write(framed(request))
    })
    onFrame(socket, answerBytesMax, (answer) => {
      resolve(answer)
      socket.destroy()
    })
  })
}

/** Calls back once with the first frame; hangs up on one that cannot be. */
function onFrame(socket: Socket, bytesMax: number, act: (frame: Buffer) => void): void {
  const assembler = new FrameAssembler(new BufferPool(), bytesMax)
  socket.on('data', (chunk: Buffer) => {
    assembler.push(chunk)
    const frame = assembler.next()
    if (frame === null && assembler.refusedLength === null) return
    socket.removeAllListeners('data')
    if (frame === null) socket.destroy()
    else act(Buffer.from(frame.bytes))
    frame?.release()
    assembler.close()
  })
}

function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}
