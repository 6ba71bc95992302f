import type { Api, ReadRequest, WriteResponse } from '../protocol/schema.js'
import type { Broker } from './broker.js'
import type { Knowledge } from './knowledge.js'
import type { RequestThrottle } from './request-throttle.js'
import type { OwnTurns } from './turns.js'

/** The connection that a request came in on. */
export interface Connection {
  /** Unique in this process, for log lines. */
  readonly id: string
  /** Name of the listener, e.g. `PLAINTEXT`: answers carry the endpoints of the same listener. */
  readonly listenerName: string
  /** The address that the client dialled, as it may be told again: `localhost` or an IP, and the port. */
  readonly dialled: { readonly host: string; readonly port: number }
  /** The peer's address without port, e.g. `127.0.0.1`. */
  readonly clientHost: string
  readonly clientPort: number
  /** What the client has said of itself in ApiVersions; `unknown` until it does (KIP-511). */
  software: { readonly name: string; readonly version: string }
  /** `User:ANONYMOUS` until authenticated. */
  readonly principal: string
  /** Runs `act` when the connection ends; for parked requests. Returns a way to take it back. */
  onClose(act: () => void): () => void
}

/** What came with a request besides its body. */
export interface RequestContext {
  readonly broker: Broker
  readonly connection: Connection
  /** As in the request header; null is taken as "". */
  readonly clientId: string
  /** Everything that this broker serves on this listener: what ApiVersions reads aloud. */
  readonly served: readonly Handler[]
  /** Runs `act` when the answer has gone out, or cannot any more: for memory that was lent to it. */
  onAnswered(act: () => void): void
  /** No later request of the connection begins before what this returns has been called, not even one that overlaps. */
  holdBack(): () => void
  /** Whether the version of the request shows that the client knows of something: see `knowledge.ts`. */
  clientKnows(what: Knowledge): boolean
  /** For what may take long. */
  readonly turns: OwnTurns
  /** What the sender is held to; null while nobody has a quota. */
  readonly throttle: RequestThrottle | null
  /** Of the request without its header. */
  readonly bodyBytes: number
  /** Of an answer without its header. */
  sizeOf(answer: unknown): number
}

/** One API as this broker serves it: `versions` is a subset of the schema's, e.g. `2-9`. */
export interface Handler {
  readonly api: Api
  readonly versions: { readonly min: number; readonly max: number }
  /**
   * May be begun while an earlier request of the same connection and API waits for its answer, because its effects are
   * ordered as soon as it has begun; the answers keep their order. Kafka takes the next request only after the answer.
   */
  readonly overlaps: boolean
  /** Whether ApiVersions names it; what is not named is answered all the same. */
  readonly advertised: boolean
  /** The request's bytes may be used again once it has been answered: it keeps no view of them. */
  readonly releasesRequest: boolean
  /**
   * Answers one request. `null` means that nothing is to be sent (Produce with acks=0);
   * an answer of 'close' drops the connection, as Kafka does where no answer can be framed.
   */
  serve(request: unknown, context: RequestContext): unknown | null | 'close' | Promise<unknown | null | 'close'>
}

/** Ties a function to the message that it serves; a response without its required fields does not compile. */
export function handle<A extends Api>(
  api: A,
  versions: `${number}-${number}` | `${number}`,
  serve: (
    request: ReadRequest<A>,
    context: RequestContext,
  ) => WriteResponse<A> | null | 'close' | Promise<WriteResponse<A> | null | 'close'>,
  traits: { overlaps?: boolean; releasesRequest?: boolean; advertised?: boolean } = {},
): Handler {
  const [min, max = min] = versions.split('-').map(Number)
  const { overlaps = false, releasesRequest = false, advertised = true } = traits
  return {
    api,
    versions: { min: min!, max: max! },
    overlaps,
    advertised,
    releasesRequest,
    serve: serve as Handler['serve'],
  }
}
