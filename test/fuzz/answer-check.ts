import { Reader } from '../../src/bytes/reader.js'
import { apiByKey } from '../../src/protocol/apis.js'
import { readRequest, readResponse } from '../../src/protocol/codec.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { readResponseHeader } from '../../src/protocol/header.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { readRequestHeader } from '../../src/protocol/request-header.js'
import { failsInKafka } from './kafkas-own-failures.js'

const API_VERSIONS = 18

export interface Checked {
  /** What is wrong with the answer; null where it is a whole one of the right API. */
  readonly wrong: string | null
  /** Whether somewhere in it is an UNKNOWN_SERVER_ERROR that Kafka answers, too. */
  readonly isKafkasFailure: boolean
}

export function checkedAnswer(request: Buffer, answer: Buffer): Checked {
  const [key, version, correlationId] = [request.readInt16BE(0), request.readInt16BE(2), request.readInt32BE(4)]
  const api = apiByKey(key)
  if (api === undefined) return wrong(`an answer to API ${key}, which there is not`)
  // Whoever speaks a version that is not known is told so in the first one (KIP-511).
  const spoken = key === API_VERSIONS && (version < api.minVersion || version > api.maxVersion) ? 0 : version
  try {
    const reader = new Reader(answer)
    const header = readResponseHeader(reader, api, spoken)
    if (header.correlationId !== correlationId) return wrong(`correlation id ${header.correlationId}`)
    const response = readResponse(api, spoken, reader)
    if (reader.remaining > 0) return wrong(`${reader.remaining} bytes too many`)
    if (!hasFailed(response)) return { wrong: null, isKafkasFailure: false }
    return failsInKafka(request)
      ? { wrong: null, isKafkasFailure: true }
      : wrong(`an error of the server in ${api.name}`)
  } catch (error) {
    return wrong(`${api.name} version ${spoken}: ${String(error)}`)
  }
}

/** Whether a request is a Produce with acks=0, which nothing follows. */
export function wantsNoAnswer(request: Buffer): boolean {
  if (request.readInt16BE(0) !== Produce.key) return false
  try {
    const reader = new Reader(request)
    const { apiVersion } = readRequestHeader(reader)
    return readRequest(Produce, apiVersion, reader).acks === 0
  } catch {
    return false
  }
}

function wrong(what: string): Checked {
  return { wrong: what, isKafkasFailure: false }
}

function hasFailed(part: unknown): boolean {
  if (typeof part !== 'object' || part === null || Buffer.isBuffer(part)) return false
  return Object.entries(part).some(([name, value]) =>
    name.endsWith('rrorCode') ? value === ErrorCode.UNKNOWN_SERVER_ERROR : hasFailed(value),
  )
}
