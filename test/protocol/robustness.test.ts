import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { Reader } from '../../src/bytes/reader.js'
import { apiByKey } from '../../src/protocol/apis.js'
import { readRequest, readResponse } from '../../src/protocol/codec.js'
import { readResponseHeader } from '../../src/protocol/header.js'
import { readRequestHeader } from '../../src/protocol/request-header.js'
import { type Frame, typicalFrames } from './frames.js'

// The longest recorded frame of each API and version, spoiled in every place: it is read or refused, and nothing else happens.

const frames = typicalFrames().filter(({ apiKey, apiVersion }) => apiVersion <= apiByKey(apiKey)!.maxVersion)

/** Lengths of -1, -2 and 2^31 - 1 in 32 and in 16 bits, and as varints; a varint that does not end. */
const LENGTHS = ['ffffffff', 'fffffffe', '7fffffff', 'ffff', 'fffe', '7fff', 'ffffffff0f', 'ffffffff07', 'ffffffffff01']

describe('a spoiled frame is read or refused as malformed', () => {
  for (const length of LENGTHS) {
    test(`when a length of ${length} stands anywhere`, () => {
      const bytes = Buffer.from(length, 'hex')
      for (const frame of frames) {
        for (let at = 0; at + bytes.length <= frame.bytes.length; at++) {
          const spoiled = Buffer.from(frame.bytes)
          bytes.copy(spoiled, at)
          expectReadOrRefused(frame, spoiled)
        }
      }
    })
  }
})

test('a frame cut anywhere before its end is never read as if it were whole', () => {
  for (const frame of frames) {
    const whole = frame.bytes.length - (read(frame, frame.bytes)?.remaining ?? 0)
    for (let end = 0; end < whole; end++) expect(read(frame, frame.bytes.subarray(0, end))).toBeNull()
  }
})

function expectReadOrRefused(frame: Frame, bytes: Buffer): void {
  const reader = read(frame, bytes)
  if (reader !== null && reader.position > bytes.length) expect.fail('read beyond the frame')
}

/** The reader behind the value; null when the bytes were refused. Anything else that is thrown fails the test. */
function read({ direction, apiKey, apiVersion }: Frame, bytes: Buffer): Reader | null {
  const reader = new Reader(bytes)
  const api = apiByKey(apiKey)!
  try {
    if (direction === 'req') {
      readRequestHeader(reader)
      readRequest(api, apiVersion, reader)
    } else {
      readResponseHeader(reader, api, apiVersion)
      readResponse(api, apiVersion, reader)
    }
    return reader
  } catch (error) {
    if (error instanceof MalformedBytes) return null
    throw error
  }
}

test('2^31 tags or more are none, in the header and in the body: so Kafka counts them', () => {
  const apiVersions = (tags: string): Buffer =>
    Buffer.from(`00120003 00000001 000163${tags} 0278 0278 ${tags}`.replace(/ /g, ''), 'hex')
  const frame = { direction: 'req', apiKey: 18, apiVersion: 3 } as Frame
  expect(read(frame, apiVersions('ffffffff0f'))?.remaining).toBe(0)
  expect(read(frame, apiVersions('8080808008'))?.remaining).toBe(0)
  expect(read(frame, apiVersions('ffffffff07'))).toBeNull()
})
