import { Writer } from '../bytes/writer.js'
import { writeRequest } from '../protocol/codec.js'
import { ErrorCode } from '../protocol/errors.js'
import { writeRequestHeader } from '../protocol/header.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'
import type { Broker } from './broker.js'
import { addressBytes } from './forwarding.js'
import type { Connection, RequestContext } from './handler.js'
import { refusal } from './refusal.js'

/** A request of a client as it goes to the controller: header and body, as in a frame. */
interface Outgoing {
  readonly api: Api
  readonly version: number
  readonly bytes: Buffer
}

/** Hands a client's request on in its name; null where no controller answers in time. */
export function forwardBytes(broker: Broker, client: Connection, outgoing: Outgoing): Promise<unknown | null> {
  const [type = 'User', name = 'ANONYMOUS'] = client.principal.split(':')
  return broker.forwarding.forward({
    ...outgoing,
    principal: { type, name },
    clientAddress: addressBytes(client.clientHost),
  })
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
  const answer = await forwardBytes(broker, connection, { api, version, bytes })
  return (answer ?? refusal(api, version, request, ErrorCode.REQUEST_TIMED_OUT)) as ReadResponse<A>
}
