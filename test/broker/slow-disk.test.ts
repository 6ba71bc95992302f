import { afterEach, beforeEach, expect, test } from 'vitest'
import { Writer } from '../../src/bytes/writer.js'
import { writeRequest } from '../../src/protocol/codec.js'
import { writeRequestHeader } from '../../src/protocol/header.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { buildBatch } from '../../src/records/builder.js'
import { type Disk, systemDisk } from '../../src/storage/disk.js'
import { DataPathBroker } from '../support/data-path-broker.js'

const WRITE_MS = 3
const CLIENTS = 20
const REQUESTS = 20
const RECORD_BYTES = 200_000
const SENT_BYTES = CLIENTS * REQUESTS * RECORD_BYTES
/** Of what is sent, so much may be in the broker's memory at a time; the rest waits in sockets, and with those who send. */
const HELD_BYTES_MAX = SENT_BYTES / 2

let broker: DataPathBroker
let writes: number

beforeEach(async () => {
  writes = 0
  broker = await DataPathBroker.start({ disk: slowDisk() })
  broker.createTopic('slow')
})
afterEach(() => broker.close())

/** Each write takes its time, and so long nothing else happens: so it is for who waits for the system. */
function slowDisk(): Disk {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const slowly = (): void => {
    writes++
    Atomics.wait(pause, 0, 0, WRITE_MS)
  }
  return {
    ...systemDisk,
    open: (path, mode) => {
      const file = systemDisk.open(path, mode)
      return {
        read: (...args) => file.read(...args),
        write: (...args) => {
          slowly()
          return file.write(...args)
        },
        writev: (...args) => {
          slowly()
          return file.writev(...args)
        },
        truncate: (bytes) => file.truncate(bytes),
        sync: () => file.sync(),
        size: () => file.size(),
        close: () => file.close(),
      }
    },
  }
}

function produceFrame(): Buffer {
  const records = buildBatch({
    records: [{ timestamp: 1_700_000_000_000, key: null, value: Buffer.alloc(RECORD_BYTES) }],
  })
  const writer = new Writer()
  writeRequestHeader(writer, Produce, { version: 9, correlationId: 7, clientId: 'many' })
  const topicData = [{ name: 'slow', partitionData: [{ index: 0, records }] }]
  writeRequest(Produce, 9, writer, { transactionalId: null, acks: 1, timeoutMs: 10_000, topicData })
  return Buffer.concat(writer.chunks())
}

test('producers wait for a slow disk in their sockets, not in the broker’s memory; and all that they sent arrives', async () => {
  const body = produceFrame()
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => broker.connect()))
  const before = process.memoryUsage().arrayBuffers
  let heldMax = 0
  let isOver = false
  const watch = (): void => {
    heldMax = Math.max(heldMax, process.memoryUsage().arrayBuffers - before)
    if (!isOver) setImmediate(watch)
  }
  watch()
  // The same memory for all of them: what grows is the broker's.
  for (const client of clients)
    for (let at = 0; at < REQUESTS; at++) {
      client.socket.write(length)
      client.socket.write(body)
    }
  for (const client of clients)
    for (let at = 0; at < REQUESTS; at++) expect((await client.frame())?.readInt32BE(0)).toBe(7)
  isOver = true
  expect(writes).toBeGreaterThan(CLIENTS)
  expect(heldMax).toBeLessThan(HELD_BYTES_MAX)
  expect(broker.partitions.find('slow', 0)?.log.highWatermark).toBe(CLIENTS * REQUESTS)
})
