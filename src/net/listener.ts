import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { UserError } from '../base/user-error.js'
import type { AnswerMemory } from './answer-memory.js'
import type { BufferPool } from './buffer-pool.js'
import { FramedConnection, plainAddress } from './connection.js'
import type { ConnectionRoom, Occupant } from './connection-room.js'
import type { RequestMemory } from './request-memory.js'

export interface ListenerOptions {
  /** A name or an address; empty or null is every interface. `localhost` is both of its addresses. */
  readonly host: string | null
  /** 0 lets the system choose. */
  readonly port: number
  readonly clock: Clock
  readonly log: Log
  readonly pool: BufferPool
  readonly frameBytesMax: number
  readonly idleMsMax: number
  readonly memory?: RequestMemory
  readonly answers?: AnswerMemory
  /** Of all connections of the process; without it there is no limit. */
  readonly room?: ConnectionRoom
  readonly readInPlace?: boolean
  /** Asked about each connection, whose bytes wait until it is served; without it all are served at once. */
  readonly onArrival?: (arrival: Arrival) => void
  /** `socket.listen.backlog.size`. */
  readonly backlog?: number
  readonly onConnection: (connection: FramedConnection) => void
}

/** Somebody who has connected, and is not served yet. */
export interface Arrival {
  /** Without port, e.g. `127.0.0.1`. */
  readonly address: string
  /** The peer has given up meanwhile. */
  readonly isGone: boolean
  serve(): FramedConnection
  refuse(): void
}

/** How often another free port is tried when the system's choice is taken on the other address of localhost. */
const PORT_TRIES = 10

/** A port that is listened on, and the connections that came in on it. */
export class Listener {
  readonly #options: ListenerOptions
  readonly #servers: Server[] = []
  readonly #connections = new Set<FramedConnection>()
  /** Connected and not served yet. */
  readonly #waiting = new Set<Socket>()
  #accepted = 0

  private constructor(options: ListenerOptions) {
    this.#options = options
  }

  /** @throws UserError when the address cannot be listened on. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options)
    try {
      if (options.host === 'localhost') await listener.#listenOnLoopback()
      else await listener.#listen(options.host || null, options.port)
    } catch (error) {
      throw bindError(error as NodeJS.ErrnoException, options)
    }
    return listener
  }

  get port(): number {
    const address = this.#servers[0]?.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  get connections(): Iterable<FramedConnection> {
    return this.#connections
  }

  /** Takes no more connections; those that are there stay. */
  async stopAccepting(): Promise<void> {
    for (const server of this.#servers.splice(0)) server.close()
  }

  /** Takes no more connections and ends those that are there. Resolves when all are gone. */
  async close(): Promise<void> {
    const closing = this.#servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))
    const gone = [...this.#connections].map((c) => new Promise<void>((resolve) => c.onClose(resolve)))
    for (const connection of this.#connections) connection.destroy()
    for (const socket of this.#waiting) socket.destroy()
    await Promise.all([...closing, ...gone])
  }

  /**
   * Clients try every address of `localhost`, and each refusal costs them a back-off: so it is listened on at both,
   * where the machine has both.
   */
  async #listenOnLoopback(): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.#listen('127.0.0.1', this.#options.port)
      const done = await this.#listen('::1', this.port).then(
        () => true,
        (error) => this.#lacksIpv6(error, tries),
      )
      if (done) return
      this.#servers.pop()?.close()
    }
  }

  #lacksIpv6(error: NodeJS.ErrnoException, tries: number): boolean {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT' || error.code === 'EINVAL') return true
    if (error.code === 'EADDRINUSE' && this.#options.port === 0 && tries < PORT_TRIES) return false
    throw error
  }

  #listen(host: string | null, port: number): Promise<void> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true, keepAlive: true })
    server.on('connection', (socket) => this.#arrived(socket))
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      const backlog = this.#options.backlog ?? 511
      server.listen({ host: host ?? undefined, port, backlog }, () => {
        server.off('error', reject)
        // Accepting can fail later, when file descriptors run out; those who are connected are still served.
        server.on('error', (error) => this.#options.log.error(`Accepting a connection failed: ${error.message}`))
        this.#servers.push(server)
        resolve()
      })
    })
  }

  #arrived(socket: Socket): void {
    const { onArrival, room, log, clock } = this.#options
    const newcomer = new Newcomer(socket, clock.monotonicMs())
    room?.enter(newcomer, log)
    if (onArrival === undefined) {
      this.#accept(newcomer)
      return
    }
    const waitsNoMore = (): void => void this.#waiting.delete(socket)
    const gone = (): void => {
      waitsNoMore()
      room?.leave(newcomer)
    }
    this.#waiting.add(socket)
    socket.once('error', gone).once('close', gone)
    onArrival({
      address: plainAddress(socket.remoteAddress),
      get isGone() {
        return socket.destroyed
      },
      serve: () => {
        socket.off('error', gone).off('close', gone)
        waitsNoMore()
        return this.#accept(newcomer)
      },
      refuse: () => socket.destroy(),
    })
  }

  #accept(newcomer: Newcomer): FramedConnection {
    const { socket } = newcomer
    const id = `${socket.localAddress}:${socket.localPort}-${socket.remoteAddress}:${socket.remotePort}-${this.#accepted++}`
    const connection = new FramedConnection(socket, { ...this.#options, id })
    newcomer.served = connection
    this.#connections.add(connection)
    connection.onClose(() => {
      this.#connections.delete(connection)
      this.#options.room?.leave(newcomer)
    })
    this.#options.onConnection(connection)
    connection.start()
    return connection
  }
}

/** A socket that was accepted, and what it is served as. */
class Newcomer implements Occupant {
  served: FramedConnection | null = null

  constructor(
    readonly socket: Socket,
    readonly arrivedMs: number,
  ) {}

  get lastActiveMs(): number {
    return this.served?.lastActiveMs ?? this.arrivedMs
  }

  destroy(): void {
    if (this.served !== null) this.served.destroy()
    else this.socket.destroy()
  }
}

function bindError(error: NodeJS.ErrnoException, { host, port }: ListenerOptions): Error {
  const address = `${host || '0.0.0.0'}:${port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return new UserError(
        `Port ${port} is in use: another program listens on ${address}`,
        'Stop that program, or choose another port.',
      )
    case 'EACCES':
      return new UserError(`Listening on ${address} is not permitted`, 'Choose a port above 1023.')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new UserError(
        `${host} is not an address of this machine`,
        'Set `listeners` to an address of this machine, or leave the host out; what clients are told is `advertised.listeners`.',
      )
    default:
      return error
  }
}
