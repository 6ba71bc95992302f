import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { readRequest } from '../protocol/codec.js'
import { readRequestHeader } from '../protocol/request-header.js'
import { answerBytes, encodeAnswer, encodeWideAnswer, isWide } from './answer.js'
import type { Broker } from './broker.js'
import type { Connection, Handler, RequestContext } from './handler.js'
import { isKnown, type Knowledge } from './knowledge.js'
import { RequestThrottle } from './request-throttle.js'

const LENGTH_BYTES = 4

/** A request that another broker hands on for its client, or a part of this process for itself. */
export interface Dispatch {
  readonly broker: Broker
  readonly handlers: readonly Handler[]
  readonly connection: Connection
  /** Header and body, as in a frame. */
  readonly bytes: Buffer
}

/**
 * Answers a request that came in no frame of its own: header and body, as in a frame without its length. Null where it is not
 * served, or not to be answered. @throws MalformedBytes
 */
export async function dispatch({ broker, handlers, connection, bytes }: Dispatch): Promise<Buffer | null> {
  const reader = new Reader(bytes)
  const header = readRequestHeader(reader)
  const { apiKey, apiVersion, correlationId, clientId } = header
  const handler = handlers.find(({ api, versions }) => {
    return api.key === apiKey && apiVersion >= versions.min && apiVersion <= versions.max
  })
  if (handler === undefined) throw new MalformedBytes(`API ${apiKey} version ${apiVersion} is not handed on`)
  const bodyBytes = reader.remaining
  const request = readRequest(handler.api, apiVersion, reader)
  const afterwards: (() => void)[] = []
  const throttle = broker.quotas.isActive ? new RequestThrottle(broker, connection.principal, clientId) : null
  const context: RequestContext = {
    broker,
    connection,
    clientId: clientId ?? '',
    served: handlers,
    throttle,
    turns: broker.turns.join(throttle),
    bodyBytes,
    onAnswered: (act) => afterwards.push(act),
    holdBack: () => () => {},
    clientKnows: (what: Knowledge) => isKnown(what, apiKey, apiVersion),
    sizeOf: (answer) => answerBytes(handler.api, apiVersion, answer),
  }
  try {
    throttle?.resume()
    const serving = handler.serve(request, context)
    throttle?.pause()
    const answer = await serving
    if (answer === null || answer === 'close') return null
    // Nobody is held back here: whoever has handed it on reads in the answer for how long its client is to be quiet.
    const throttleTimeMs = throttle?.settle(true) ?? 0
    const told = throttleTimeMs > 0 ? { ...answer, throttleTimeMs } : answer
    const chunks = isWide(told)
      ? await encodeWideAnswer(handler.api, apiVersion, correlationId, told, context.turns)
      : encodeAnswer(handler.api, apiVersion, correlationId, told)
    return Buffer.concat(chunks).subarray(LENGTH_BYTES)
  } finally {
    for (const act of afterwards) act()
  }
}
