import type { Reader } from '../bytes/reader.js'
import type { Frame } from '../net/frame.js'
import type { RequestHeader } from '../protocol/request-header.js'
import { answerBytes } from './answer.js'
import type { Broker } from './broker.js'
import type { Connection, Handler, RequestContext } from './handler.js'
import { isKnown, type Knowledge } from './knowledge.js'
import type { RequestThrottle } from './request-throttle.js'
import type { OwnTurns } from './turns.js'

/** A request as it came, its body unread. */
export interface Arrival {
  readonly frame: Frame
  readonly header: RequestHeader
  readonly handler: Handler
  readonly body: Reader
  readonly bodyBytes: number
}

/** The connection of a request that is under way. */
interface Serving extends Connection {
  readonly broker: Broker
  readonly served: readonly Handler[]
  holdBack(): () => void
}

/** A request under way, as its handler sees it; answers leave in the order of the requests. */
export class Slot implements RequestContext {
  /** What is to be done when the answer has been written. */
  afterwards: (() => void)[] | null = null
  isSettled = false
  answer: unknown = null
  #turns: OwnTurns | null = null

  constructor(
    readonly connection: Serving,
    readonly arrival: Arrival,
    /** Null while nobody has a quota. */
    readonly throttle: RequestThrottle | null,
  ) {}

  get broker(): Broker {
    return this.connection.broker
  }

  get clientId(): string {
    return this.arrival.header.clientId ?? ''
  }

  get served(): readonly Handler[] {
    return this.connection.served
  }

  get bodyBytes(): number {
    return this.arrival.bodyBytes
  }

  /** Most requests take no longer than one, and have none of their own. */
  get turns(): OwnTurns {
    this.#turns ??= this.broker.turns.join(this.throttle)
    return this.#turns
  }

  onAnswered(act: () => void): void {
    this.afterwards ??= []
    this.afterwards.push(act)
  }

  sizeOf(answer: unknown): number {
    const { handler, header } = this.arrival
    return answerBytes(handler.api, header.apiVersion, answer)
  }

  holdBack(): () => void {
    return this.connection.holdBack()
  }

  clientKnows(what: Knowledge): boolean {
    const { apiKey, apiVersion } = this.arrival.header
    return isKnown(what, apiKey, apiVersion)
  }
}
