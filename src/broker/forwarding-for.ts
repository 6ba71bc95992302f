import { Writer } from '../bytes/writer.js'
import { writeRequest } from '../protocol/codec.js'
import { ErrorCode } from '../protocol/errors.js'
import { writeRequestHeader } from '../protocol/header.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'
import type { Broker } from './broker.js'
import { addressBytes, type ControllerAnswer } from './forwarding.js'
import type { Connection, RequestContext } from './handler.js'
import { refusal } from './refusal.js'

/** A request of a client that is for the controller. */
interface Outgoing {
  readonly api: Api
  readonly version: number
  readonly request: unknown
  /** Header and body, as in a frame. */
  readonly bytes: Buffer
}

/** Has the controller answer a client's request, this node or another in its name; what was not answered in time has timed out. */
export async function askController(
  broker: Broker,
  client: Connection,
  { api, version, request, bytes }: Outgoing,
  here: (() => unknown) | null,
): Promise<ControllerAnswer> {
  const [type = 'User', name = 'ANONYMOUS'] = client.principal.split(':')
  const { timeoutMs = null } = request as { readonly timeoutMs?: number }
  const principal = { type, name }
  const clientAddress = addressBytes(client.clientHost)
  const answer = await broker.forwarding.answer({ api, version, bytes, principal, clientAddress, timeoutMs }, here)
  return answer ?? { value: refusal(api, version, request, ErrorCode.REQUEST_TIMED_OUT), isOurs: true }
}

/** Asks the controller for what is left of a client's request, in its name. */
export async function forwardFor<A extends Api>(
  { broker, connection, clientId }: Pick<RequestContext, 'broker' | 'connection' | 'clientId'>,
  api: A,
  version: number,
  request: WriteRequest<A>,
): Promise<ReadResponse<A>> {
  const writer = new Writer()
  writeRequestHeader(writer, api, { version, correlationId: 0, clientId })
  writeRequest(api, version, writer, request)
  const bytes = Buffer.concat(writer.chunks())
  const { value } = await askController(broker, connection, { api, version, request, bytes }, null)
  return value as ReadResponse<A>
}
