import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { type Log, silentLog } from '../../src/base/log.js'
import type { Broker } from '../../src/broker/broker.js'
import { type Handler, handle, type RequestContext } from '../../src/broker/handler.js'
import { serve } from '../../src/broker/serve.js'
import { BufferPool } from '../../src/net/buffer-pool.js'
import { Listener } from '../../src/net/listener.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Heartbeat } from '../../src/protocol/messages/heartbeat.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { RawClient } from '../support/raw-client.js'

/** What the handlers below were asked, and the answers that they still owe. */
let asked: { name: string; request: unknown; context: RequestContext; answer: (value: unknown) => void }[] = []
let lines: string[] = []
let listener: Listener
let client: RawClient

function parked(name: string) {
  return (request: unknown, context: RequestContext): Promise<never> =>
    new Promise((resolve) => {
      asked.push({ name, request, context, answer: resolve as (value: unknown) => void })
    })
}

const handlers: Handler[] = [
  handle(ApiVersions, '0-4', () => ({ errorCode: 0, apiKeys: [] })),
  handle(Heartbeat, '0-4', parked('Heartbeat')),
  handle(Produce, '0-13', parked('Produce'), { overlaps: true }),
  handle(ListOffsets, '1-11', () => {
    throw new Error('of our own making')
  }),
]

beforeEach(async () => {
  asked = []
  lines = []
  const log: Log = { ...silentLog, info: (line) => lines.push(line), error: (line) => lines.push(line) }
  listener = await Listener.open({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLog,
    pool: new BufferPool(),
    frameBytesMax: 1024 * 1024,
    idleMsMax: -1,
    onConnection: serve({ log, quotas: { isActive: false } } as Broker, 'PLAINTEXT', handlers),
  })
  client = await RawClient.connect(listener.port)
})

afterEach(async () => {
  client.destroy()
  await listener.close()
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}

const heartbeat = (correlation: string) => `000c 0000 ${correlation} 0001 63 0001 67 00000005 0001 6d`
const apiVersionsV0 = (correlation: string) => `0012 0000 ${correlation} 0001 63`
const produceV3 = (correlation: string) => `0000 0003 ${correlation} 0001 63 ffff 0001 00000064 00000000`
const NO_RESPONSES = '00000000 00000000'
const hex = (text: string): string => text.replace(/\s/g, '')

test('a request is decoded for its handler, and the answer carries its correlation id', async () => {
  client.sendFrame(heartbeat('7fffffff'))
  await until(() => asked.length === 1)
  expect(asked[0]!.request).toMatchObject({ groupId: 'g', generationId: 5, memberId: 'm' })
  expect(asked[0]!.context.clientId).toBe('c')
  expect(asked[0]!.context.connection).toMatchObject({
    listenerName: 'PLAINTEXT',
    clientHost: '127.0.0.1',
    dialled: { host: '127.0.0.1', port: listener.port },
    principal: 'User:ANONYMOUS',
  })
  asked[0]!.answer({ errorCode: 27 })
  expect((await client.frame())!.toString('hex')).toBe(hex('7fffffff 001b'))
})

test('the next request of a connection begins only when the one before has been answered', async () => {
  client.sendFrame(heartbeat('00000001'))
  client.sendFrame(apiVersionsV0('00000002'))
  client.sendFrame(heartbeat('00000003'))
  await until(() => asked.length === 1)
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(client.waiting).toBe(0)
  asked[0]!.answer({ errorCode: 0 })
  expect((await client.frame())!.readInt32BE()).toBe(1)
  expect((await client.frame())!.readInt32BE()).toBe(2)
  await until(() => asked.length === 2)
  asked[1]!.answer({ errorCode: 0 })
  expect((await client.frame())!.readInt32BE()).toBe(3)
})

test('another connection is served while one waits', async () => {
  client.sendFrame(heartbeat('00000001'))
  await until(() => asked.length === 1)
  const other = await RawClient.connect(listener.port)
  other.sendFrame(apiVersionsV0('00000009'))
  expect((await other.frame())!.readInt32BE()).toBe(9)
  other.destroy()
})

test('Produce requests may be under way together, and are answered in their order', async () => {
  for (const correlation of ['00000001', '00000002', '00000003']) client.sendFrame(produceV3(correlation))
  client.sendFrame(heartbeat('00000004'))
  await until(() => asked.length === 3)
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(asked.map(({ name }) => name)).toEqual(['Produce', 'Produce', 'Produce'])
  asked[1]!.answer({ responses: [] })
  asked[2]!.answer({ responses: [] })
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(client.waiting).toBe(0)
  asked[0]!.answer({ responses: [] })
  for (const correlation of ['00000001', '00000002', '00000003'])
    expect((await client.frame())!.toString('hex')).toBe(hex(`${correlation} ${NO_RESPONSES}`))
  await until(() => asked.length === 4)
  expect(asked[3]!.name).toBe('Heartbeat')
})

test('only so many Produce requests are taken before the first is answered', async () => {
  for (let i = 0; i < 200; i++) client.sendFrame(produceV3('00000001'))
  await until(() => asked.length === 64)
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  expect(asked.length).toBe(64)
  for (let i = 0; i < 200; i++) {
    await until(() => asked.length > i)
    asked[i]!.answer({ responses: [] })
  }
  for (let i = 0; i < 200; i++) await client.frame()
})

test('a request without an answer (acks=0) leaves those after it in order', async () => {
  client.sendFrame(produceV3('00000001'))
  client.sendFrame(produceV3('00000002'))
  await until(() => asked.length === 2)
  asked[0]!.answer(null)
  asked[1]!.answer({ responses: [] })
  expect((await client.frame())!.readInt32BE()).toBe(2)
})

test('a handler can close the connection instead of answering', async () => {
  client.sendFrame(produceV3('00000001'))
  await until(() => asked.length === 1)
  asked[0]!.answer('close')
  expect(await client.closed()).toEqual({ left: 0, error: null })
})

test('a handler that fails answers -1 in the schema of its API, and the connection goes on', async () => {
  client.sendFrame(`0002 0001 00000005 0001 63 ffffffff 00000001 0001 74 00000001 00000003 ffffffffffffffff`)
  const answer = (await client.frame())!
  expect(answer.toString('hex')).toBe(
    hex('00000005 00000001 0001 74 00000001 00000003 ffff ffffffffffffffff ffffffffffffffff'),
  )
  expect(lines.some((line) => line.includes('ListOffsets version 1 failed: Error: of our own making'))).toBe(true)
  client.sendFrame(apiVersionsV0('00000006'))
  expect((await client.frame())!.readInt32BE()).toBe(6)
})

test('a handler whose promise fails answers -1 too', async () => {
  client.sendFrame(heartbeat('00000001'))
  await until(() => asked.length === 1)
  asked[0]!.answer(Promise.reject(new Error('later')))
  expect((await client.frame())!.toString('hex')).toBe(hex('00000001 ffff'))
})

test('an answer that cannot be written closes the connection and is told in the log', async () => {
  client.sendFrame(produceV3('00000001'))
  await until(() => asked.length === 1)
  asked[0]!.answer({ responses: null })
  expect(await client.closed()).toEqual({ left: 0, error: null })
  expect(lines[0]).toContain('no Produce answer could be written')
})

test('a request under way is told when its connection ends', async () => {
  client.sendFrame(heartbeat('00000001'))
  await until(() => asked.length === 1)
  const ended = new Promise<void>((resolve) => asked[0]!.context.connection.onClose(resolve))
  client.socket.resetAndDestroy()
  await ended
  asked[0]!.answer({ errorCode: 0 })
})

test('after the peer has shut its writing side, what it asked is still answered, then the connection ends', async () => {
  client.sendFrame(heartbeat('00000001'))
  client.sendFrame(apiVersionsV0('00000002'))
  client.endWriting()
  await until(() => asked.length === 1)
  asked[0]!.answer({ errorCode: 0 })
  expect((await client.frame())!.readInt32BE()).toBe(1)
  expect((await client.frame())!.readInt32BE()).toBe(2)
  expect(await client.closed()).toEqual({ left: 0, error: null })
})

test('memory lent to an answer comes back when it has gone out', async () => {
  client.sendFrame(heartbeat('00000001'))
  await until(() => asked.length === 1)
  const back = new Promise<void>((resolve) => asked[0]!.context.onAnswered(resolve))
  asked[0]!.answer({ errorCode: 0 })
  await client.frame()
  await back
})

describe('what cannot be answered closes the connection with nothing sent', () => {
  const requests: [string, string][] = [
    ['a header cut short', '000c 0000 0000'],
    ['a client id that ends beyond the frame', '000c 0000 00000001 7fff 63'],
    ['an unknown API key', '03e7 0000 00000001 0001 63'],
    ['a negative API key', 'ffff 0000 00000001 0001 63'],
    ['an API that was removed', '0004 0000 00000001 0001 63'],
    ['an unsupported version', '000c 0063 00000001 0001 63 0001 67'],
    ['a negative version', '000c ffff 00000001 0001 63 0001 67'],
    ['a version that is advertised for old clients only', '0000 0002 00000001 0001 63 0001 00000064 00000000'],
    ['ApiVersions of an unknown version without the tagged fields of its header', '0012 0063 00000001 0001 63'],
    ['a missing body', '000c 0000 00000001 0001 63'],
    ['a body cut short', '000c 0000 00000001 0001 63 0001 67 0000'],
    ['an array of 2^31-1 elements', '0000 0003 00000001 0001 63 ffff 0001 00000064 7fffffff'],
    ['null where nothing may be null', '000c 0000 00000001 0001 63 ffff 00000005 0001 6d'],
    ['a varint of six bytes', '0012 0003 00000001 0001 63 ffffffffff7f'],
    ['a tagged field beyond the frame', '0012 0003 00000001 0001 63 01 00 7f'],
  ]
  for (const [name, bytes] of requests) {
    test(name, async () => {
      client.sendFrame(bytes)
      expect((await client.closed()).left).toBe(0)
      expect(asked).toEqual([])
      expect(lines.length).toBe(1)
    })
  }

  test('the answers owed go out first', async () => {
    client.sendFrame(produceV3('00000001'))
    client.sendFrame(`0000 0003 00000002 0001 63 ffff`)
    await until(() => asked.length === 1)
    asked[0]!.answer({ responses: [] })
    expect((await client.frame())!.readInt32BE()).toBe(1)
    expect(await client.closed()).toEqual({ left: 0, error: null })
  })
})

describe('served all the same', () => {
  const requests: [string, string][] = [
    ['client id null', '000c 0000 00000001 ffff 0001 67 00000005 0001 6d'],
    ['client id of negative length', '000c 0000 00000001 fffe 0001 67 00000005 0001 6d'],
    ['client id empty', '000c 0000 00000001 0000 0001 67 00000005 0001 6d'],
    ['client id that is not UTF-8', '000c 0000 00000001 0002 fffe 0001 67 00000005 0001 6d'],
    ['bytes after the body', `${heartbeat('00000001')} 00 00 00`],
    [
      'unknown tags, also out of order',
      '000c 0004 00000001 0001 63 02 09 01 aa 07 02 bbbb 02 67 00000005 02 6d 00 01 05 00',
    ],
  ]
  for (const [name, bytes] of requests) {
    test(name, async () => {
      client.sendFrame(bytes)
      await until(() => asked.length === 1)
      expect(asked[0]!.request).toMatchObject({ groupId: 'g', generationId: 5, memberId: 'm' })
      asked[0]!.answer({ errorCode: 0 })
      expect((await client.frame())!.readInt32BE()).toBe(1)
    })
  }
})

test('ApiVersions of an unknown version answers 35 in version 0, and the connection goes on', async () => {
  client.sendFrame('0012 0009 00000001 0004 6b6c6f67 00 05 6b6c6f67 06 302e312e30 00')
  expect((await client.frame())!.toString('hex')).toBe(hex('00000001 0023 00000001 0012 0000 0004'))
  client.sendFrame('0012 ffff 00000002 0004 6b6c6f67')
  expect((await client.frame())!.toString('hex')).toBe(hex('00000002 0023 00000001 0012 0000 0004'))
  client.sendFrame(apiVersionsV0('00000003'))
  expect((await client.frame())!.readInt32BE()).toBe(3)
})
