import type { Lend } from '../net/peer.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'

/** The way from this broker to the others of its cluster. */
export interface OtherBrokers {
  /** Asks the broker of this id. Rejects where it cannot be reached, or gives no answer. */
  call<A extends Api>(
    nodeId: number,
    api: A,
    version: number,
    request: WriteRequest<A>,
    lend?: Lend,
  ): Promise<ReadResponse<A>>
  /** Whether nobody listens any more where the node did. False, too, where that is not known. */
  isGone?(nodeId: number): Promise<boolean>
  close(): void
}
