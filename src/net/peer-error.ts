/**
 * Why an answer did not come: nobody listens or the name is unknown ('refused'), nothing in time ('timeout'), the other side
 * ended the connection ('closed'), or what came is no answer ('malformed').
 */
export type PeerErrorKind = 'refused' | 'timeout' | 'closed' | 'malformed'

export class PeerError extends Error {
  override name = 'PeerError'

  constructor(
    readonly kind: PeerErrorKind,
    readonly host: string,
    readonly port: number,
    message: string,
    /** The system's code, such as `ECONNREFUSED`, where it has one. */
    readonly code: string | null = null,
  ) {
    super(message)
  }
}
