import { MalformedBytes } from '../../bytes/malformed.js'
import { Reader } from '../../bytes/reader.js'
import { readMessage } from '../../protocol/codec.js'
import { ErrorCode } from '../../protocol/errors.js'
import { Envelope } from '../../protocol/messages/envelope.js'
import { UnsupportedVersionError } from '../../protocol/refusals.js'
import { DefaultPrincipalData } from '../../protocol/state/principal.js'
import { dispatch } from '../dispatch.js'
import { type Connection, handle } from '../handler.js'
import { NotController } from '../not-controller.js'

/** A broker hands on what its client asks of the controller (KIP-590). */
export const envelope = handle(Envelope, '0', async (request, context) => {
  const { broker, connection, served } = context
  // What is in it counts, for whom it comes from.
  context.throttle?.exempt()
  if (!broker.metadata.isActive) return { errorCode: ErrorCode.NOT_CONTROLLER }
  const { requestData, requestPrincipal, clientHostAddress } = request
  const principal = requestPrincipal === null ? connection.principal : principalOf(requestPrincipal as Buffer)
  if (principal === null) return { errorCode: ErrorCode.PRINCIPAL_DESERIALIZATION_FAILURE }
  const client: Connection = {
    id: `${connection.id} (for a client)`,
    listenerName: connection.listenerName,
    dialled: connection.dialled,
    clientHost: addressText(clientHostAddress as Buffer, connection.clientHost),
    clientPort: 0,
    software: { name: 'unknown', version: 'unknown' },
    principal,
    onClose: (act) => connection.onClose(act),
  }
  // None within another: nobody hands on what has been handed on, and there might be a million of them.
  const handlers = served.filter(({ api }) => api !== Envelope)
  try {
    const responseData = await dispatch({ broker, handlers, connection: client, bytes: requestData as Buffer })
    return { errorCode: ErrorCode.NONE, responseData }
  } catch (error) {
    if (error instanceof NotController) return { errorCode: ErrorCode.NOT_CONTROLLER }
    if (error instanceof MalformedBytes) return { errorCode: ErrorCode.INVALID_REQUEST }
    throw error
  }
})

/** Null where it cannot be read. */
function principalOf(bytes: Buffer): string | null {
  const reader = new Reader(bytes)
  try {
    const { type, name } = readMessage(DefaultPrincipalData, reader.int16(), reader)
    return `${type}:${name}`
  } catch (error) {
    if (error instanceof MalformedBytes || error instanceof UnsupportedVersionError) return null
    throw error
  }
}

/** 4 or 16 bytes, as in Kafka; anything else is passed over. */
function addressText(bytes: Buffer, otherwise: string): string {
  if (bytes.length === 4) return [...bytes].join('.')
  if (bytes.length !== 16) return otherwise
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  return groups.join(':')
}
