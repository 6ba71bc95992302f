import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import type { Broker } from '../../src/broker/broker.js'
import { envelope } from '../../src/broker/controller-handlers/envelope.js'
import { type Connection, handle, type RequestContext } from '../../src/broker/handler.js'
import { Turns } from '../../src/broker/turns.js'
import { Writer } from '../../src/bytes/writer.js'
import { writeRequest } from '../../src/protocol/codec.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Envelope } from '../../src/protocol/messages/envelope.js'

const CONNECTION = {
  id: '1',
  listenerName: 'CONTROLLER',
  clientHost: '::1',
  principal: 'User:A',
  onClose: () => () => {},
}
/** API, version and correlation id, no client id, no tags. */
const HEADER_OF_ENVELOPE = Buffer.from('003a000000000001ffff00', 'hex')
const HEADER_OF_API_VERSIONS = Buffer.from('0012000000000001ffff', 'hex')

const versions = handle(ApiVersions, '0-4', () => ({ errorCode: ErrorCode.NONE, apiKeys: [] }))

function handedOn(requestData: Buffer, requestPrincipal: Buffer | null = null): unknown {
  const broker = {
    metadata: { isActive: true },
    quotas: { isActive: false },
    turns: new Turns(systemClock),
  } as unknown as Broker
  const connection = CONNECTION as unknown as Connection
  const context = { broker, connection, served: [envelope, versions] } as unknown as RequestContext
  return envelope.serve({ requestData, requestPrincipal, clientHostAddress: Buffer.alloc(4) }, context)
}

function enveloped(requestData: Buffer): Buffer {
  const writer = new Writer()
  writeRequest(Envelope, 0, writer, { requestData, requestPrincipal: null, clientHostAddress: Buffer.alloc(4) })
  return Buffer.concat([HEADER_OF_ENVELOPE, ...writer.chunks()])
}

test('what was handed on once is answered', async () => {
  expect(await handedOn(HEADER_OF_API_VERSIONS)).toMatchObject({ errorCode: ErrorCode.NONE })
})

test('what was handed on more than once, or is nothing that can be read, is refused', async () => {
  let bytes: Buffer = HEADER_OF_API_VERSIONS
  for (let depth = 1; depth <= 10; depth++) {
    bytes = enveloped(bytes)
    expect(await handedOn(bytes)).toEqual({ errorCode: ErrorCode.INVALID_REQUEST })
  }
  for (let length = 0; length < HEADER_OF_API_VERSIONS.length; length++)
    expect(await handedOn(HEADER_OF_API_VERSIONS.subarray(0, length))).toEqual({ errorCode: ErrorCode.INVALID_REQUEST })
})

test('what was handed on for somebody who cannot be read is refused', async () => {
  const alice = Buffer.from(
    `0000 05${Buffer.from('User').toString('hex')} 06${Buffer.from('alice').toString('hex')} 00 00`.replaceAll(' ', ''),
    'hex',
  )
  expect(await handedOn(HEADER_OF_API_VERSIONS, alice)).toMatchObject({ errorCode: ErrorCode.NONE })
  const ofLaterVersion = Buffer.concat([Buffer.from('3f7c', 'hex'), alice.subarray(2)])
  for (const principal of [ofLaterVersion, alice.subarray(0, 9), Buffer.alloc(1), Buffer.alloc(0)])
    expect(await handedOn(HEADER_OF_API_VERSIONS, principal)).toEqual({
      errorCode: ErrorCode.PRINCIPAL_DESERIALIZATION_FAILURE,
    })
})
