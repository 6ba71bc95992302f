import type { ServedConnection } from '../../src/net/connection.js'
import type { Frame } from '../../src/net/frame.js'
import { Lane } from './lane.js'
import type { Host, Network, Site } from './network.js'

const LENGTH_BYTES = 4
/** What a request's memory is overwritten with when it is given back: whoever still looks at it will notice. */
const SCRIBBLE = 0xdb

/** One connection: what is on its way in both directions. */
export class Wire {
  readonly server: ServerEnd
  onAnswer: (frame: Buffer) => void = () => {}
  onClosed: () => void = () => {}
  readonly #up: Lane
  readonly #down: Lane
  #isBroken = false

  constructor(
    readonly network: Network,
    readonly host: Host,
    readonly from: Site,
    readonly id: string,
  ) {
    this.server = new ServerEnd(this)
    this.#up = new Lane(network, from, host, from)
    this.#down = new Lane(network, host, from, from)
  }

  toServer(frame: Buffer): void {
    if (this.network.doesCut()) this.break()
    this.#up.send(() => this.host.run(() => this.server.arrive(frame)))
  }

  toClient(chunks: readonly Buffer[], written: (() => void) | undefined): void {
    // What is lent until it is written may not be copied before that: it would not be seen when it changes too early.
    const early = written === undefined ? Buffer.concat(chunks) : null
    if (this.network.doesCut()) this.break()
    this.#down.send(() => {
      const bytes = early ?? Buffer.concat(chunks)
      if (written !== undefined) this.host.run(written)
      this.from.run(() => {
        if (!this.#isBroken) for (const frame of framesOf(bytes)) this.onAnswer(frame)
      })
    })
  }

  /** Both sides hear of it, each in its own time; requests that are on their way may still arrive. */
  break(): void {
    if (this.#isBroken) return
    this.#isBroken = true
    const { network, from, host } = this
    const { clock, random } = network
    const now = clock.monotonicMs()
    network.in(now + random.int(20) / 10, () => network.across(host, from, () => from.run(() => this.onClosed())))
    network.in(now + random.int(random.int(4) === 0 ? 2000 : 40) / 10, () =>
      network.across(from, host, () => host.run(() => this.server.end())),
    )
  }

  /** Who opened it closes it: nothing more is asked over it. */
  closedByClient(): void {
    this.#up.drop()
    this.break()
  }

  /** The process that served it has ended. */
  serverDied(): void {
    this.server.die()
    this.break()
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
