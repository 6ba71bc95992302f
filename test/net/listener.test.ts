import { afterEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../src/base/clock.js'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { UserError } from '../../src/base/user-error.js'
import { BufferPool } from '../../src/net/buffer-pool.js'
import type { FramedConnection } from '../../src/net/connection.js'
import { Listener } from '../../src/net/listener.js'
import { ManualClock } from '../support/manual-clock.js'
import { RawClient } from '../support/raw-client.js'

const open: { close(): Promise<void> }[] = []
const clients: RawClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  for (const listener of open.splice(0)) await listener.close()
})

async function listen(
  serve: (connection: FramedConnection) => void,
  o: {
    clock?: Clock
    idleMsMax?: number
    frameBytesMax?: number
    host?: string | null
    port?: number
    readInPlace?: boolean
  } = {},
): Promise<Listener> {
  const listener = await Listener.open({
    host: o.host === undefined ? '127.0.0.1' : o.host,
    port: o.port ?? 0,
    clock: o.clock ?? systemClock,
    log: silentLog,
    pool: new BufferPool(),
    frameBytesMax: o.frameBytesMax ?? 1024 * 1024,
    idleMsMax: o.idleMsMax ?? -1,
    readInPlace: o.readInPlace ?? true,
    onConnection: serve,
  })
  open.push(listener)
  return listener
}

async function client(listener: Listener, host?: string): Promise<RawClient> {
  const raw = await RawClient.connect(listener.port, host)
  clients.push(raw)
  return raw
}

function framed(body: Buffer): Buffer[] {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return [length, body]
}

/** Sends every frame back, as soon as it comes, and ends when the peer ends. */
function echo(connection: FramedConnection): void {
  connection.onProgress = () => {
    for (let frame = connection.next(); frame !== null; frame = connection.next())
      connection.send(framed(Buffer.from(frame.bytes)))
    if (connection.hasEnded) connection.close()
  }
}

for (const readInPlace of [true, false])
  test(`frames of all sizes come back as they were sent, read ${readInPlace ? 'in place' : 'in chunks'}`, async () => {
    const raw = await client(await listen(echo, { readInPlace }))
    const bodies = [1, 5000, 900_000, 70_000, 3].map((size, i) => Buffer.alloc(size, i + 1))
    for (const body of bodies) raw.sendFrame(body)
    for (const body of bodies) expect((await raw.frame())!.equals(body)).toBe(true)
  })

test('the answer still goes out after the peer has shut its writing side, then the connection ends', async () => {
  const raw = await client(await listen(echo))
  raw.sendFrame(Buffer.from('last words'))
  raw.endWriting()
  expect((await raw.frame())!.toString()).toBe('last words')
  expect(await raw.closed()).toEqual({ left: 0, error: null })
})

describe('a length that cannot be closes the connection with nothing sent', () => {
  const lengths: [string, string][] = [
    ['-1', 'ffffffff'],
    ['-2^31', '80000000'],
    ['0', '00000000'],
    ['more than the limit', '00100001'],
    ['2^31-1', '7fffffff'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
    ['TLS', '16030100c8010000c40303'],
  ]
  for (const [name, hex] of lengths) {
    test(name, async () => {
      const raw = await client(await listen(echo))
      raw.send(hex)
      expect((await raw.closed()).left).toBe(0)
    })
  }
})

for (const readInPlace of [true, false])
  test(`nothing more is read while a complete frame waits, read ${readInPlace ? 'in place' : 'in chunks'}`, async () => {
    let connection: FramedConnection | null = null
    let progress = 0
    const listener = await listen(
      (c) => {
        connection = c
        c.onProgress = () => {
          progress++
        }
      },
      { readInPlace },
    )
    const raw = await client(listener)
    const bodyBytes = 512 * 1024
    const total = 40
    let flushed = 0
    for (let i = 0; i < total; i++) {
      const [length, body] = framed(Buffer.alloc(bodyBytes, i)) as [Buffer, Buffer]
      raw.socket.write(length)
      raw.socket.write(body, () => flushed++)
    }
    while (progress === 0) await new Promise(setImmediate)
    const before = flushed
    // The kernel's buffers take a few frames; the rest stays with the sender.
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    expect(flushed).toBeLessThan(total)
    expect(before).toBeLessThan(total)
    let taken = 0
    while (taken < total) {
      const frame = connection!.next()
      if (frame === null) await new Promise(setImmediate)
      else expect(frame.bytes[0]).toBe(taken++)
    }
  })

test('a peer that reads slowly blocks its own connection, and progress is told when it has read', async () => {
  const chunk = Buffer.alloc(4 * 1024 * 1024)
  let connection: FramedConnection | null = null
  let drained: () => void = () => {}
  const drain = new Promise<void>((resolve) => {
    drained = resolve
  })
  const listener = await listen((c) => {
    connection = c
    c.onProgress = () => {
      for (let frame = c.next(); frame !== null; frame = c.next()) for (let i = 0; i < 8; i++) c.send(framed(chunk))
      if (!c.isBlocked) drained()
    }
  })
  const raw = await client(listener)
  raw.socket.pause()
  raw.sendFrame(Buffer.from('go'))
  while (!(connection as FramedConnection | null)?.isBlocked) await new Promise(setImmediate)
  raw.socket.resume()
  await drain
  expect(connection!.isBlocked).toBe(false)
})

test('memory lent to a sent answer is given back when it has been written', async () => {
  let written: () => void = () => {}
  const done = new Promise<void>((resolve) => {
    written = resolve
  })
  const listener = await listen((c) => {
    c.onProgress = () => {
      for (let frame = c.next(); frame !== null; frame = c.next()) c.send(framed(Buffer.from('x')), written)
    }
  })
  const raw = await client(listener)
  raw.sendFrame(Buffer.from('go'))
  expect((await raw.frame())!.toString()).toBe('x')
  await done
})

test('an idle connection is closed, one that was used in between is not', async () => {
  const clock = new ManualClock()
  const listener = await listen(echo, { clock, idleMsMax: 1000 })
  const idle = await client(listener)
  const busy = await client(listener)
  idle.send('0000')
  busy.sendFrame(Buffer.from('a'))
  await busy.frame()
  while ([...listener.connections].length < 2) await new Promise(setImmediate)
  clock.advance(900)
  busy.sendFrame(Buffer.from('b'))
  await busy.frame()
  clock.advance(150)
  expect((await idle.closed()).left).toBe(0)
  busy.sendFrame(Buffer.from('c'))
  expect((await busy.frame())!.toString()).toBe('c')
  clock.advance(1000)
  await busy.closed()
})

test('what waits for the end of a connection is run when the peer resets it', async () => {
  let closed: () => void = () => {}
  const end = new Promise<void>((resolve) => {
    closed = resolve
  })
  const raw = await client(await listen((c) => c.onClose(closed)))
  raw.socket.resetAndDestroy()
  await end
})

test('localhost is listened on at both of its addresses, on one port', async () => {
  const listener = await listen(echo, { host: 'localhost' })
  for (const host of ['127.0.0.1', '::1']) {
    const raw = await client(listener, host).catch((error) => error)
    if (host === '::1' && raw instanceof Error) continue
    raw.sendFrame(Buffer.from(host))
    expect((await raw.frame()).toString()).toBe(host)
  }
})

test('an empty host is every interface', async () => {
  const listener = await listen(echo, { host: null })
  const raw = await client(listener)
  raw.sendFrame(Buffer.from('hi'))
  expect((await raw.frame())!.toString()).toBe('hi')
})

test('a port in use is told in a line with the next step', async () => {
  const first = await listen(echo)
  const error = await listen(echo, { port: first.port }).catch((e) => e)
  expect(error).toBeInstanceOf(UserError)
  expect(error.message).toBe(`Port ${first.port} is in use: another program listens on 127.0.0.1:${first.port}`)
  expect(error.nextStep).toContain('another port')
})

test('an address of another machine is told in a line with the next step', async () => {
  const error = await listen(echo, { host: '192.0.2.1' }).catch((e) => e)
  expect(error).toBeInstanceOf(UserError)
  expect(error.message).toBe('192.0.2.1 is not an address of this machine')
})

test('closing ends the connections and frees the port', async () => {
  const listener = await listen(echo)
  const { port } = listener
  const raw = await client(listener)
  raw.sendFrame(Buffer.from('x'))
  await raw.frame()
  await listener.close()
  await raw.closed()
  await listen(echo, { port })
})
