import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { lineLog, silentLog } from '../../src/base/log.js'
import { BufferPool } from '../../src/net/buffer-pool.js'
import type { FramedConnection } from '../../src/net/connection.js'
import { ConnectionRoom } from '../../src/net/connection-room.js'
import { type Arrival, Listener } from '../../src/net/listener.js'
import { ManualClock } from '../support/manual-clock.js'
import { RawClient } from '../support/raw-client.js'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function listen(room: ConnectionRoom, clock: ManualClock, onArrival?: (arrival: Arrival) => void) {
  const listener = await Listener.open({
    ...{ host: '127.0.0.1', port: 0, clock, log: silentLog, pool: new BufferPool(), room },
    ...{ frameBytesMax: 1000, idleMsMax: -1, onConnection: echo },
    ...(onArrival && { onArrival }),
  })
  open.push(listener)
  return listener
}

function echo(connection: FramedConnection): void {
  connection.onProgress = () => {
    for (let frame = connection.next(); frame !== null; frame = connection.next())
      connection.send([Buffer.from([0, 0, 0, 1]), Buffer.from(frame.bytes)])
    if (connection.hasEnded) connection.close()
  }
}

async function client(listener: Listener): Promise<RawClient> {
  const raw = await RawClient.connect(listener.port)
  open.push({ close: () => raw.destroy() })
  return raw
}

async function echoed(raw: RawClient): Promise<boolean> {
  raw.sendFrame(Buffer.from('x'))
  return (await raw.frame()) !== null
}

test('who comes when there is no room takes that of whoever was silent for longest, and nobody else is concerned', async () => {
  const clock = new ManualClock()
  const room = new ConnectionRoom(3)
  const listener = await listen(room, clock)
  const talking = await client(listener)
  await echoed(talking)
  clock.advance(10)
  const silent = await client(listener)
  while (room.count < 2) await new Promise(setImmediate)
  clock.advance(10)
  expect(await echoed(talking)).toBe(true)
  for (let number = 0; number < 10; number++) {
    clock.advance(10)
    expect(await echoed(await client(listener))).toBe(true)
    clock.advance(10)
    expect(await echoed(talking)).toBe(true)
  }
  expect(await silent.frame()).toBeNull()
  expect(room.count).toBe(3)
})

test('who is not served yet takes room as well; whoever goes gives it back', async () => {
  const clock = new ManualClock()
  const room = new ConnectionRoom(2)
  const arrivals: Arrival[] = []
  const listener = await listen(room, clock, (arrival) => arrivals.push(arrival))
  const clients: RawClient[] = []
  for (let number = 1; number <= 3; number++) {
    clients.push(await client(listener))
    while (arrivals.length < number) await new Promise(setImmediate)
    clock.advance(10)
  }
  expect(await clients[0]!.frame()).toBeNull()
  expect([room.count, arrivals.map(({ isGone }) => isGone)]).toEqual([2, [true, false, false]])
  arrivals[1]!.serve()
  expect(room.count).toBe(2)
  arrivals[2]!.refuse()
  for (const raw of clients) raw.destroy()
  while (room.count > 0) await new Promise(setImmediate)
})

test('of many a share goes at once, and one line tells it', () => {
  const lines: string[] = []
  const log = lineLog((line) => lines.push(line), systemClock)
  const room = new ConnectionRoom(160)
  const closed: number[] = []
  for (let number = 0; number < 161; number++)
    room.enter({ lastActiveMs: 1000 - number, destroy: () => closed.push(number) }, log)
  expect(closed.sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, at) => 150 + at))
  expect(room.count).toBe(151)
  expect(lines).toEqual([expect.stringContaining('10 connections that were silent for longest are closed')])
})
