import type { Reader } from '../bytes/reader.js'
import { apiByKey } from './apis.js'
import { isFlexible } from './header.js'
import { skipTags } from './tags.js'

export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

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
  const api = apiByKey(apiKey)
  if (api !== undefined && isFlexible(api, apiVersion)) skipTags(reader)
  return { apiKey, apiVersion, correlationId, clientId }
}
