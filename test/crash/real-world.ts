import { type Clock, systemClock } from '../../src/base/clock.js'
import { Peer } from '../../src/net/peer.js'
import { PeerError } from '../../src/net/peer-error.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import type { Surroundings } from '../sim/client.js'
import type { Ledger } from '../sim/ledger.js'
import { NoAnswer } from '../sim/link.js'

const HOST = '127.0.0.1'
/** The only one. */
const HOST_IN_SIMULATIONS = { label: '' }
/** A machine that has much else to do may take long to write to its disk. */
const PATIENCE_MS = 120_000
/** What takes a second of a simulation takes a tenth of one here, where time is real. */
const HURRY = 10

/**
 * The simulation's clients among real processes: their connections are sockets, their time is real. Whoever waits there for
 * something that is late waits here for a broker that is dead, and has nothing more to say.
 */
export function realWorld(o: {
  port: number
  ledger: Ledger
  isCalm: () => boolean
  tell: (what: () => string) => void
}): Surroundings {
  let connections = 0
  const world = {
    ...{ ledger: o.ledger, isCalm: o.isCalm, tell: o.tell, hosts: [HOST_IN_SIMULATIONS] },
    clock: { ...systemClock, wait: (ms: number) => waited(systemClock, ms / HURRY) },
    network: {
      connect: (_host: unknown, clientId: string) => RealLink.open(o.port, clientId, `${clientId}-${connections++}`),
    },
  }
  // Of its network and its clock the simulation's clients use no more than this.
  return world as unknown as Surroundings
}

export function waited(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}

/** One connection, as the simulation's clients know it. */
class RealLink {
  private constructor(
    readonly peer: Peer,
    readonly wire: { readonly id: string; readonly host: { readonly label: string } },
  ) {}

  static async open(port: number, clientId: string, id: string): Promise<RealLink> {
    const options = { host: HOST, port, clientId, clock: systemClock, connectTimeoutMs: PATIENCE_MS }
    return new RealLink(await Peer.connect(options).catch(asNoAnswer), { id, host: HOST_IN_SIMULATIONS })
  }

  get isClosed(): boolean {
    return this.peer.isClosed
  }

  call<A extends Api>(api: A, version: number, request: WriteRequest<A>): Promise<ReadResponse<A>> {
    return this.peer.call(api, version, request, { timeoutMs: PATIENCE_MS }).catch(asNoAnswer)
  }

  send<A extends Api>(api: A, version: number, request: WriteRequest<A>): void {
    this.peer.send(api, version, request)
  }

  close(): void {
    this.peer.close()
  }
}

/** Whoever is killed closes or refuses; that it answers nonsense, or not at all, is another matter. */
function asNoAnswer(error: unknown): never {
  if (error instanceof PeerError && (error.kind === 'closed' || error.kind === 'refused')) {
    throw new NoAnswer(error.message)
  }
  throw error
}
