import { Writer } from '../bytes/writer.js'
import { writeResponse } from '../protocol/codec.js'
import { writeResponseHeader } from '../protocol/header.js'
import type { Api } from '../protocol/schema.js'
import { withOldCodes } from './old-codes.js'

const LENGTH_BYTES = 4

/** The bytes of a response without its length and header. */
export function answerBytes(api: Api, version: number, response: unknown): number {
  const writer = new Writer()
  writeResponse(api, version, writer, response as never)
  return writer.length
}

/** A whole response frame, as the pieces that it lies in. */
export function encodeAnswer(api: Api, version: number, correlationId: number, response: unknown): Buffer[] {
  const writer = new Writer()
  writer.int32(0)
  writeResponseHeader(writer, api, version, { correlationId })
  writeResponse(api, version, writer, withOldCodes(api.key, version, response) as never)
  const sizeBytes = writer.length - LENGTH_BYTES
  const chunks = writer.chunks()
  chunks[0]!.writeInt32BE(sizeBytes, 0)
  return chunks
}
