import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { BufferPool } from '../../src/net/buffer-pool.js'
import type { FramedConnection } from '../../src/net/connection.js'
import type { Frame } from '../../src/net/frame.js'
import { Listener } from '../../src/net/listener.js'
import { RequestMemory } from '../../src/net/request-memory.js'
import { RawClient } from '../support/raw-client.js'

let listener: Listener
const clients: RawClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await listener.close()
})

async function start(memory: RequestMemory): Promise<{ taken: Frame[]; connections: FramedConnection[] }> {
  const taken: Frame[] = []
  const connections: FramedConnection[] = []
  listener = await Listener.open({
    ...{ host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog, pool: new BufferPool() },
    ...{ frameBytesMax: 10_000_000, idleMsMax: -1, memory },
    onConnection: (connection) => {
      connections.push(connection)
      connection.onProgress = () => {
        for (let frame = connection.next(); frame !== null; frame = connection.next()) taken.push(frame)
        if (connection.hasEnded) connection.close()
      }
    },
  })
  return { taken, connections }
}

async function connect(): Promise<RawClient> {
  const client = await RawClient.connect(listener.port)
  clients.push(client)
  return client
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

/** Long enough for bytes that have been sent to be here. */
async function somebodyHasGone(): Promise<void> {
  const client = await connect()
  client.endWriting()
  await client.closed()
}

test('while requests hold all the memory none is taken, on any connection; then all go on', async () => {
  const memory = new RequestMemory(100)
  const { taken } = await start(memory)
  const [a, b, c] = [await connect(), await connect(), await connect()]
  a.sendFrame(Buffer.alloc(150, 'a'))
  await until(() => taken.length === 1)
  a.sendFrame(Buffer.alloc(1, 'a'))
  b.sendFrame(Buffer.alloc(1, 'b'))
  c.sendFrame(Buffer.alloc(3_000_000, 'c'))
  await somebodyHasGone()
  expect(taken.length).toBe(1)
  taken[0]!.settle?.()
  taken[0]!.release()
  await until(() => taken.length === 4)
  expect(memory.usedBytes).toBe(3_000_002)
  for (const frame of taken) frame.release()
  expect(memory.usedBytes).toBe(0)
})

test('a connection that ends gives back what its requests held', async () => {
  const memory = new RequestMemory(100)
  const { taken, connections } = await start(memory)
  const [a, b] = [await connect(), await connect()]
  a.sendFrame(Buffer.alloc(150, 'a'))
  await until(() => taken.length === 1)
  b.sendFrame(Buffer.alloc(1, 'b'))
  await somebodyHasGone()
  connections[0]!.destroy()
  await until(() => taken.length === 2)
  taken[0]!.release()
  expect(memory.usedBytes).toBe(1)
})
