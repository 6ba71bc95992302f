import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'
import type { RawClient } from '../support/raw-client.js'
import { seededRandom } from '../support/seeded-random.js'

/** APIs whose handlers need nothing but the data path. */
const KEYS = [0, 1, 2, 17, 18, 21, 22, 23, 35, 36, 61]
const MUTATIONS = 1500
const LENGTHS = [-1, -2, 0, 1, 0x7fff, 0x7fffffff, -0x80000000]

interface Recorded {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly bytes: Buffer
}

const recorded: Recorded[] = []
const directory = join(import.meta.dirname, '../golden/wire')
for (const file of readdirSync(directory).filter((name) => name.endsWith('.jsonl'))) {
  for (const line of readFileSync(join(directory, file), 'utf8').trim().split('\n')) {
    const { dir, hex, ...header } = JSON.parse(line)
    if (dir === 'req' && KEYS.includes(header.apiKey)) recorded.push({ ...header, bytes: Buffer.from(hex, 'hex') })
  }
}

let broker: DataPathBroker
let control: RawClient
let clients: RawClient[]

beforeEach(async () => {
  broker = await DataPathBroker.start({ clock: new ManualClock() })
  broker.createTopic('wire-topic', { partitions: 2 })
  control = await broker.connect()
  clients = []
})
afterEach(async () => {
  // Not with a goodbye: thousands of ports that wait for last packets would be missing elsewhere.
  for (const client of clients) client.reset()
  await broker.close()
})

async function isAlive(): Promise<void> {
  control.sendFrame('0012 0000 0000002a 0001 63')
  expect((await control.frame())!.readInt32BE(0)).toBe(42)
}

function expectsNoAnswer({ apiKey, bytes, apiVersion }: Recorded): boolean {
  if (apiKey !== 0) return false
  const clientIdEnd = 10 + bytes.readInt16BE(8)
  const transactionalId = clientIdEnd + (apiVersion >= 9 ? 1 : 0)
  const isNull = apiVersion >= 9 ? bytes[transactionalId] === 0 : bytes.readInt16BE(transactionalId) === -1
  return isNull && bytes.readInt16BE(transactionalId + (apiVersion >= 9 ? 1 : 2)) === 0
}

test('what real clients sent is answered, request by request on one connection', async () => {
  expect(recorded.length).toBeGreaterThan(150)
  for (const request of recorded.filter((one) => !expectsNoAnswer(one))) {
    control.sendFrame(request.bytes)
    const answer = await control.frame()
    expect(answer?.readInt32BE(0), `API ${request.apiKey} version ${request.apiVersion}`).toBe(request.correlationId)
  }
})

test('the same bytes cut short, bent and stretched harm nobody else', async () => {
  const random = seededRandom(20)
  for (let round = 0; round < MUTATIONS; round++) {
    const bytes = Buffer.from(recorded[random.int(recorded.length)]!.bytes)
    const client = await broker.connect()
    client.sendFrame(mutated(bytes, random))
    if (round % 10 === 0) client.endWriting()
    if (round % 50 === 0) await isAlive()
    if (round % 3 === 0) client.reset()
    clients.push(client)
  }
  await isAlive()
  const failures = broker.lines.filter((line) => /failed|could be written/.test(line))
  expect(failures.filter((line) => !line.includes('There is no isolation level'))).toEqual([])
})

test('random bytes harm nobody else', async () => {
  const random = seededRandom(21)
  for (let round = 0; round < 300; round++) {
    const client = await broker.connect()
    const bytes = random.bytes(random.int(200))
    if (round % 2 === 0) client.send(bytes)
    else client.sendFrame(Buffer.concat([Buffer.from([0, KEYS[random.int(KEYS.length)]!, 0, random.int(13)]), bytes]))
    if (round % 10 === 0) client.endWriting()
    clients.push(client)
  }
  await isAlive()
  expect(broker.lines.filter((line) => /failed|could be written/.test(line))).toEqual([])
})

/** One of the ways in which bytes go wrong; the API key stays, so that a handler is reached. */
function mutated(bytes: Buffer, random: ReturnType<typeof seededRandom>): Buffer {
  switch (random.int(3)) {
    case 0:
      return bytes.subarray(0, 4 + random.int(bytes.length - 4))
    case 1:
      for (let flips = 1 + random.int(8); flips > 0; flips--)
        bytes[2 + random.int(bytes.length - 2)]! ^= 1 << random.int(8)
      return bytes
    default: {
      const at = 4 + random.int(Math.max(1, bytes.length - 8))
      if (at + 4 <= bytes.length) bytes.writeInt32BE(LENGTHS[random.int(LENGTHS.length)]!, at)
      return bytes
    }
  }
}
