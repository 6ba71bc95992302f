import { Writer } from '../bytes/writer.js'
import { writeResponse, writeResponseInSteps } from '../protocol/codec.js'
import { writeResponseHeader } from '../protocol/header.js'
import type { Api } from '../protocol/schema.js'
import { withOldCodes } from './old-codes.js'
import type { OwnTurns } from './turns.js'

const LENGTH_BYTES = 4
/** An answer of so many parts takes a few milliseconds to be written. */
const WIDE_PARTS = 2000

/** The bytes of a response without its length and header. */
export function answerBytes(api: Api, version: number, response: unknown): number {
  const writer = new Writer()
  writeResponse(api, version, writer, response as never)
  return writer.length
}

/** A whole response frame, as the pieces that it lies in. */
export function encodeAnswer(api: Api, version: number, correlationId: number, response: unknown): Buffer[] {
  const writer = begunAnswer(api, version, correlationId)
  writeResponse(api, version, writer, withOldCodes(api.key, version, response) as never)
  return framed(writer)
}

/** As `encodeAnswer`, of one that is wide: others have their turn in between. */
export async function encodeWideAnswer(
  api: Api,
  version: number,
  correlationId: number,
  response: unknown,
  turns: OwnTurns,
): Promise<Buffer[]> {
  await turns.next()
  const writer = begunAnswer(api, version, correlationId)
  const told = withOldCodes(api.key, version, response) as never
  for (const _ of writeResponseInSteps(api, version, writer, told)) if (turns.isSpent) await turns.next()
  return framed(writer)
}

/** Whether there are many things in the lists of an answer, and in those within them. */
export function isWide(response: unknown): boolean {
  return partsLeft(response as object, WIDE_PARTS) < 0
}

function partsLeft(struct: object, atMost: number): number {
  let left = atMost
  for (const name in struct) {
    const part = struct[name as keyof typeof struct] as unknown
    if (!Array.isArray(part)) continue
    left -= part.length
    for (const element of part) {
      if (left < 0) return left
      if (typeof element !== 'object' || element === null || ArrayBuffer.isView(element)) break
      left = partsLeft(element, left)
    }
  }
  return left
}

function begunAnswer(api: Api, version: number, correlationId: number): Writer {
  const writer = new Writer()
  writer.int32(0)
  writeResponseHeader(writer, api, version, { correlationId })
  return writer
}

function framed(writer: Writer): Buffer[] {
  const sizeBytes = writer.length - LENGTH_BYTES
  const chunks = writer.chunks()
  chunks[0]!.writeInt32BE(sizeBytes, 0)
  return chunks
}
