import { Reader } from '../../src/bytes/reader.js'
import { apiByKey } from '../../src/protocol/apis.js'
import { readResponse } from '../../src/protocol/codec.js'
import { readResponseHeader } from '../../src/protocol/header.js'

const API_VERSIONS = 18

/** What is wrong with the answer to a request; null where it is a whole one of the right API. */
export function wrongAnswer(request: Buffer, answer: Buffer): string | null {
  const [key, version, correlationId] = [request.readInt16BE(0), request.readInt16BE(2), request.readInt32BE(4)]
  const api = apiByKey(key)
  if (api === undefined) return `an answer to API ${key}, which there is not`
  // Whoever speaks a version that is not known is told so in the first one (KIP-511).
  const spoken = key === API_VERSIONS && (version < api.minVersion || version > api.maxVersion) ? 0 : version
  try {
    const reader = new Reader(answer)
    const header = readResponseHeader(reader, api, spoken)
    if (header.correlationId !== correlationId) return `correlation id ${header.correlationId}, not ${correlationId}`
    readResponse(api, spoken, reader)
    return reader.remaining === 0 ? null : `${reader.remaining} bytes too many`
  } catch (error) {
    return `${api.name} version ${spoken}: ${String(error)}`
  }
}
