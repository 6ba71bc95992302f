import type { Reader } from '../bytes/reader.js'
import type { Writer } from '../bytes/writer.js'
import { apiByKey } from './apis.js'
import { UnsupportedFieldError } from './refusals.js'
import { skipTags } from './tags.js'
import { STRING_BYTES_MAX } from './values.js'
import { covers } from './versions.js'

export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

const API_VERSIONS_KEY = 18

/**
 * Reads what stands in front of every request. Unknown keys and versions are read too, so that they can be named; an ApiVersions
 * request of any version from 3 has the flexible header, because it is answered whatever its version is (KIP-511).
 * @throws MalformedBytes
 */
export function readRequestHeader(reader: Reader): RequestHeader {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  // The client id kept its old form when everything else became compact (KIP-482).
  const length = reader.int16()
  const clientId = length < 0 ? null : reader.text(length)
  if (isFlexible(apiKey, apiVersion)) skipTags(reader)
  return { apiKey, apiVersion, correlationId, clientId }
}

/** @throws UnsupportedFieldError for a client id that is too long */
export function writeRequestHeader(writer: Writer, header: RequestHeader): void {
  writer.int16(header.apiKey)
  writer.int16(header.apiVersion)
  writer.int32(header.correlationId)
  if (header.clientId === null) writer.int16(-1)
  else {
    const length = Buffer.byteLength(header.clientId)
    if (length > STRING_BYTES_MAX) throw new UnsupportedFieldError(`a client id of ${length} bytes is too long`)
    writer.int16(length)
    writer.text(header.clientId)
  }
  if (isFlexible(header.apiKey, header.apiVersion)) writer.uvarint(0)
}

export interface ResponseHeader {
  readonly correlationId: number
}

/** @throws MalformedBytes */
export function readResponseHeader(reader: Reader, apiKey: number, apiVersion: number): ResponseHeader {
  const correlationId = reader.int32()
  if (hasFlexibleResponseHeader(apiKey, apiVersion)) skipTags(reader)
  return { correlationId }
}

export function writeResponseHeader(
  writer: Writer,
  header: ResponseHeader & { readonly apiKey: number; readonly apiVersion: number },
): void {
  writer.int32(header.correlationId)
  if (hasFlexibleResponseHeader(header.apiKey, header.apiVersion)) writer.uvarint(0)
}

/** An ApiVersions answer keeps the oldest header: who reads it does not know yet what the broker speaks (KIP-511). */
function hasFlexibleResponseHeader(apiKey: number, apiVersion: number): boolean {
  return apiKey !== API_VERSIONS_KEY && isFlexible(apiKey, apiVersion)
}

function isFlexible(apiKey: number, apiVersion: number): boolean {
  const flexible = apiByKey(apiKey)?.flexible ?? 'none'
  return flexible !== 'none' && covers(flexible, apiVersion)
}
