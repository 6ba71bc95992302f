import type { Clock } from '../base/clock.js'
import type { Lend } from '../net/peer.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'

export interface TransportOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  readonly clock: Clock
  readonly connectTimeoutMs: number
}

/** How a node comes to others: `Peer.connect` by sockets. Rejects where nobody listens. */
export type Transport = (to: TransportOptions) => Promise<TransportConnection>

/** One connection to another node. Answers come in order; after the first error it is over. */
export interface TransportConnection {
  /** Resolves when it has ended, whichever way. */
  readonly closed: Promise<unknown>
  call<A extends Api>(
    api: A,
    version: number,
    request: WriteRequest<A>,
    options: { readonly timeoutMs: number; readonly lend?: Lend | undefined },
  ): Promise<ReadResponse<A>>
  close(): void
}
