import { expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { readResponseHeader, writeRequestHeader, writeResponseHeader } from '../../src/protocol/header.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { readRequestHeader } from '../../src/protocol/request-header.js'
import { digits, readerOf, written } from './hex.js'

test('the client id stays a string of the old form in flexible versions', () => {
  const header = { version: 12, correlationId: 5, clientId: 'ab' }
  expect(written((writer) => writeRequestHeader(writer, Metadata, header))).toBe(
    digits('0003 000c 00000005 0002 6162 00'),
  )
})

test('a client id longer than Kafka allows is not written', () => {
  const header = { version: 12, correlationId: 5, clientId: 'a'.repeat(2 ** 15) }
  expect(() => written((writer) => writeRequestHeader(writer, Metadata, header))).toThrow('32768 bytes is too long')
})

test('a client id of any negative length is null', () => {
  for (const length of ['ffff', 'fffe']) {
    expect(readRequestHeader(readerOf(`0003 0001 00000005 ${length}`)).clientId).toBeNull()
  }
})

test('the correlation id is any number of 32 bits, and comes back as it was', () => {
  const { correlationId } = readRequestHeader(readerOf('0003 0001 80000000 ffff'))
  expect(correlationId).toBe(-(2 ** 31))
  expect(written((writer) => writeResponseHeader(writer, Metadata, 1, { correlationId }))).toBe('80000000')
})

test('tags in a header are skipped', () => {
  const reader = readerOf('0003 000c 00000005 ffff 02 00 01 aa 07 02 bbcc 11')
  readRequestHeader(reader)
  expect(reader.remaining).toBe(1)
  const answer = readerOf('00000005 01 00 01 aa 11')
  expect(readResponseHeader(answer, Metadata, 12)).toEqual({ correlationId: 5 })
  expect(answer.remaining).toBe(1)
})

test('the header of an unknown key or version is read, so that it can be named', () => {
  expect(readRequestHeader(readerOf('03e7 0001 00000005 0001 61'))).toMatchObject({ apiKey: 999, clientId: 'a' })
  expect(readRequestHeader(readerOf('ffff 0001 00000005 0001 61'))).toMatchObject({ apiKey: -1, clientId: 'a' })
  expect(readRequestHeader(readerOf('0012 7fff 00000005 0001 61 00'))).toMatchObject({
    apiVersion: 32767,
    clientId: 'a',
  })
  expect(readRequestHeader(readerOf('0012 ffff 00000005 0001 61'))).toMatchObject({ apiVersion: -1, clientId: 'a' })
})

test('an ApiVersions request of a version from 3 without the byte for its tags is refused', () => {
  expect(() => readRequestHeader(readerOf('0012 0009 00000005 0001 61'))).toThrow(MalformedBytes)
})

test('a header that ends early is refused', () => {
  const whole = '0003000c0000000500026162' + '00'
  for (let end = 0; end < whole.length; end += 2) {
    expect(() => readRequestHeader(readerOf(whole.slice(0, end)))).toThrow(MalformedBytes)
  }
  expect(() => readResponseHeader(readerOf('000000'), Metadata, 1)).toThrow(MalformedBytes)
  expect(() => readRequestHeader(readerOf('0003 0001 00000005 7fff 61'))).toThrow(MalformedBytes)
})

test('the ApiVersions answer has no tags in its header, in any version', () => {
  for (const version of [0, 3, 4, 9]) {
    expect(written((writer) => writeResponseHeader(writer, ApiVersions, version, { correlationId: 1 }))).toBe(
      '00000001',
    )
  }
})
