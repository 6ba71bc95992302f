import type { Reader } from '../bytes/reader.js'
import type { Writer } from '../bytes/writer.js'
import { UnsupportedFieldError } from './refusals.js'
import type { Api } from './schema.js'
import { skipTags } from './tags.js'
import { STRING_BYTES_MAX } from './values.js'

const API_VERSIONS_KEY = 18

/** What of an API decides the form of its headers. */
export type HeaderApi = Pick<Api, 'key' | 'firstFlexible'>

export interface OutgoingHeader {
  readonly version: number
  readonly correlationId: number
  readonly clientId: string | null
}

/** @throws UnsupportedFieldError for a client id that is too long */
export function writeRequestHeader(writer: Writer, api: HeaderApi, header: OutgoingHeader): void {
  writer.int16(api.key)
  writer.int16(header.version)
  writer.int32(header.correlationId)
  if (header.clientId === null) writer.int16(-1)
  else {
    const length = Buffer.byteLength(header.clientId)
    if (length > STRING_BYTES_MAX) throw new UnsupportedFieldError(`a client id of ${length} bytes is too long`)
    writer.int16(length)
    writer.text(header.clientId)
  }
  if (isFlexible(api, header.version)) writer.uvarint(0)
}

export interface ResponseHeader {
  readonly correlationId: number
}

/** @throws MalformedBytes */
export function readResponseHeader(reader: Reader, api: HeaderApi, version: number): ResponseHeader {
  const correlationId = reader.int32()
  if (hasFlexibleResponseHeader(api, version)) skipTags(reader)
  return { correlationId }
}

export function writeResponseHeader(writer: Writer, api: HeaderApi, version: number, header: ResponseHeader): void {
  writer.int32(header.correlationId)
  if (hasFlexibleResponseHeader(api, version)) writer.uvarint(0)
}

/** An ApiVersions answer keeps the oldest header: who reads it does not know yet what the broker speaks (KIP-511). */
function hasFlexibleResponseHeader(api: HeaderApi, version: number): boolean {
  return api.key !== API_VERSIONS_KEY && isFlexible(api, version)
}

/** Whether messages of this version have compact lengths and tags, and so the newer header in front. */
export function isFlexible({ firstFlexible }: HeaderApi, version: number): boolean {
  return version >= firstFlexible
}
