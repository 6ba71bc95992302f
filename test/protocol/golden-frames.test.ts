import { expect, test } from 'vitest'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import { apiByKey } from '../../src/protocol/apis.js'
import { readRequest, readResponse, writeRequest, writeResponse } from '../../src/protocol/codec.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { readResponseHeader, writeRequestHeader, writeResponseHeader } from '../../src/protocol/header.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { readRequestHeader } from '../../src/protocol/request-header.js'
import { type Frame, framesOf, recordings } from './frames.js'

const isFallback = ({ apiKey, apiVersion }: Frame): boolean => apiKey === ApiVersions.key && apiVersion === 5
const hasTrailingBytes = (frame: Frame): boolean =>
  frame.direction === 'req' &&
  frame.apiKey === 3 &&
  frame.apiVersion === 13 &&
  rewritten(frame).length + 3 === frame.bytes.length

for (const recording of recordings) {
  test(`every frame of ${recording} is read, and written again to the same bytes`, () => {
    const frames = framesOf(recording).filter((frame) => !isFallback(frame))
    expect(frames.length).toBeGreaterThan(0)
    for (const frame of frames) {
      const odd = hasTrailingBytes(frame) ? 3 : 0
      const expected = frame.bytes.subarray(0, frame.bytes.length - odd)
      const where = `${apiByKey(frame.apiKey)!.name} v${frame.apiVersion} ${frame.direction}`
      expect(rewritten(frame).toString('hex'), where).toBe(expected.toString('hex'))
    }
  })
}

test('a request with bytes behind its body is read up to its end', () => {
  const odd = framesOf('librdkafka-admin').filter(hasTrailingBytes)
  expect(odd).toHaveLength(1)
})

test('an ApiVersions request of an unknown version has the flexible header and is answered in v0', () => {
  const frames = framesOf('franz-go').filter(isFallback)
  expect(frames.length).toBeGreaterThan(0)
  for (const frame of frames) {
    const reader = new Reader(frame.bytes)
    if (frame.direction === 'req') {
      expect(readRequestHeader(reader)).toMatchObject({ apiKey: 18, apiVersion: 5, clientId: frame.clientId })
      continue
    }
    expect(readResponseHeader(reader, ApiVersions, 5)).toEqual({ correlationId: frame.correlationId })
    const { errorCode, apiKeys } = readResponse(ApiVersions, 0, reader)
    expect(errorCode).toBe(ErrorCode.UNSUPPORTED_VERSION)
    expect(apiKeys).toEqual([{ apiKey: 18, minVersion: 0, maxVersion: 4 }])
    expect(reader.remaining).toBe(0)
  }
})

test('the recorded headers say what the recorder saw', () => {
  for (const frame of recordings.flatMap(framesOf)) {
    if (frame.direction !== 'req') continue
    const { apiKey, apiVersion, correlationId, clientId } = frame
    expect(readRequestHeader(new Reader(frame.bytes))).toEqual({ apiKey, apiVersion, correlationId, clientId })
  }
})

function rewritten({ direction, apiKey, apiVersion, bytes }: Frame): Buffer {
  const reader = new Reader(bytes)
  const writer = new Writer()
  const api = apiByKey(apiKey)!
  if (direction === 'req') {
    writeRequestHeader(writer, api, { version: apiVersion, ...readRequestHeader(reader) })
    writeRequest(api, apiVersion, writer, readRequest(api, apiVersion, reader))
  } else {
    writeResponseHeader(writer, api, apiVersion, readResponseHeader(reader, api, apiVersion))
    writeResponse(api, apiVersion, writer, readResponse(api, apiVersion, reader))
  }
  return writer.toBuffer()
}
