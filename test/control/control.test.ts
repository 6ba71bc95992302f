import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { VirtualClock } from '../../src/base/virtual-clock.js'
import { askBroker } from '../../src/control/client.js'
import type { Controlled } from '../../src/control/controlled.js'
import { openControl } from '../../src/control/server.js'
import { verb } from '../../src/control/verb.js'
import { advanceTime } from '../../src/control/verbs/advance-time.js'
import { readTime } from '../../src/control/verbs/read-time.js'
import { tickRetention } from '../../src/control/verbs/tick-retention.js'
import type { LocalServer } from '../../src/net/local-channel.js'

let directory: string
let server: LocalServer | null
let address: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'klog-control-'))
  address = join(directory, 'control.sock')
  server = null
})
afterEach(async () => {
  await server?.close()
  rmSync(directory, { recursive: true })
})

async function serve(broker: Partial<Controlled> = {}, version = '1.0.0'): Promise<void> {
  const whole = {
    time: null,
    cleaner: null as never,
    directories: [],
    snapshots: null,
    cluster: null,
    logs: () => [],
    ...broker,
  } as Controlled
  server = await openControl({ address, version, clock: systemClock, log: silentLog, broker: whole })
}

const peer = (version = '1.0.0') => ({ address, version, clock: systemClock })

/** What comes back for bytes that are sent as they are; null when the connection is closed without an answer. */
function raw(bytes: Buffer): Promise<unknown> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(address, () => socket.write(bytes))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      const all = Buffer.concat(chunks)
      resolve(all.length === 0 ? null : JSON.parse(all.subarray(4).toString('utf8')))
    })
  })
}

function frame(body: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(Buffer.byteLength(body))
  return Buffer.concat([length, Buffer.from(body)])
}

describe('the control channel', () => {
  test('answers what it is asked', async () => {
    const time = new VirtualClock(systemClock)
    await serve({ time })
    expect(await askBroker(peer(), advanceTime, { byMs: 5000 })).toEqual({ isVirtual: true, aheadMs: 5000 })
    expect(await askBroker(peer(), readTime, {})).toEqual({ isVirtual: true, aheadMs: 5000 })
  })

  test('hands on what a person did wrong, with the next step', async () => {
    await serve()
    await expect(askBroker(peer(), advanceTime, { byMs: 1 })).rejects.toMatchObject({
      name: 'UserError',
      message: "the broker was not started with --virtual-time, so its clock is the system's",
      nextStep: 'Start it again: klog broker stop && klog broker start --virtual-time',
    })
    await expect(askBroker(peer(), tickRetention, { topic: 'nowhere' })).rejects.toMatchObject({
      message: 'the topic nowhere does not exist',
    })
  })

  test('says that it knows no such verb, and to another version which one it is', async () => {
    await serve()
    const unknown = verb(
      'fly',
      () => ({}),
      async () => null,
    )
    await expect(askBroker(peer(), unknown, {})).rejects.toThrow("the broker knows of no 'fly'")
    await expect(askBroker(peer('2.0.0'), unknown, {})).rejects.toMatchObject({
      message: "the running broker is version 1.0.0, this command 2.0.0: the broker knows of no 'fly'",
      nextStep: 'Start it again: klog broker stop && klog broker start',
    })
  })

  test('does not believe the arguments', async () => {
    await serve({ time: new VirtualClock(systemClock) })
    const refused = async (given: unknown): Promise<string> => {
      const answer = await raw(frame(JSON.stringify({ version: '1.0.0', verb: 'time.advance', arguments: given })))
      return (answer as { error: { message: string } }).error.message
    }
    expect(await refused({})).toBe('the argument byMs is no number')
    expect(await refused({ byMs: '5' })).toBe('the argument byMs is no number')
    expect(await refused({ byMs: -5 })).toBe('the argument byMs is no number')
    expect(await refused([5])).toBe('the argument byMs is no number')
    expect(await refused(null)).toBe('the argument byMs is no number')
  })

  test('answers what is no request, and hangs up on what is no frame or too long a one', async () => {
    await serve()
    for (const body of ['hello', '[]', 'null', '{}', '{"version":"1.0.0"}', '{"version":1,"verb":"time.read"}'])
      expect(await raw(frame(body))).toMatchObject({ error: { message: 'this is no request' } })
    expect(await raw(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBeNull()
    expect(await raw(frame(' '.repeat(70_000)))).toBeNull()
    expect(await raw(Buffer.from([0xff, 0xff, 0xff, 0xff]))).toBeNull()
    expect(await askBroker(peer(), readTime, {})).toEqual({ isVirtual: false, aheadMs: 0 })
  })

  test('takes a request in pieces', async () => {
    await serve()
    const bytes = frame('{"version":"1.0.0","verb":"time.read"}')
    const answer = await new Promise<Buffer>((resolve) => {
      const socket = connect(address, () => {
        socket.write(bytes.subarray(0, 2))
        setImmediate(() =>
          socket.write(bytes.subarray(2, 9), () => setImmediate(() => socket.write(bytes.subarray(9)))),
        )
      })
      const chunks: Buffer[] = []
      socket.on('data', (chunk) => chunks.push(chunk)).on('close', () => resolve(Buffer.concat(chunks)))
    })
    expect(JSON.parse(answer.subarray(4).toString())).toEqual({
      version: '1.0.0',
      result: { isVirtual: false, aheadMs: 0 },
    })
  })

  test('is told apart from one that is gone', async () => {
    await serve()
    await server!.close()
    server = null
    await expect(askBroker(peer(), readTime, {})).rejects.toThrow(/^the broker does not answer on .*control\.sock: /)
  })
})
