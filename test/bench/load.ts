import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import { readResponse, writeRequest } from '../../src/protocol/codec.js'
import { type HeaderApi, readResponseHeader, writeRequestHeader } from '../../src/protocol/header.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { batchesIn } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'

// The same for every broker: requests made beforehand, so that what is timed is the broker.

const PRODUCE_VERSION = 9
const FETCH_VERSION = 12
const IN_FLIGHT = 8
const FETCH_BYTES_MAX = 8 * 1024 * 1024

export interface Load {
  readonly host: string
  readonly port: number
  readonly topic: string
  readonly recordBytes: number
  readonly recordsPerBatch: number
  readonly batches: number
  /** As in Produce: 1 or -1. */
  readonly acks: number
}

/** Sends all batches to partition 0, some requests ahead of their answers; bytes of record batches per second. */
export async function produceRate(load: Load): Promise<number> {
  const batch = batchOf(load)
  const request = produceRequestOf(load.topic, batch, load.acks)
  const start = performance.now()
  await produceRequests(
    load.port,
    Array.from({ length: load.batches }, () => request),
    load.host,
  )
  return (batch.length * load.batches) / ((performance.now() - start) / 1000)
}

/** Sends all of them, some ahead of their answers. */
export async function produceRequests(port: number, requests: Iterable<Buffer>, host = '127.0.0.1'): Promise<void> {
  const socket = await connected({ host, port })
  const left = requests[Symbol.iterator]()
  let waiting = 0
  const fill = (): void => {
    while (waiting < IN_FLIGHT) {
      const next = left.next()
      if (next.done === true) return
      socket.write(next.value)
      waiting++
    }
  }
  fill()
  for await (const frame of frames(socket)) {
    const reader = new Reader(frame)
    readResponseHeader(reader, Produce, PRODUCE_VERSION)
    const { errorCode } = readResponse(Produce, PRODUCE_VERSION, reader).responses[0]!.partitionResponses[0]!
    if (errorCode !== 0) throw new Error(`produce was refused with ${errorCode}`)
    waiting--
    fill()
    if (waiting === 0) break
  }
  socket.destroy()
}

/** Fetches partition 0 from the beginning to the end; bytes of record batches per second. */
export async function consumeRate(load: Load): Promise<number> {
  const socket = await connected(load)
  const start = performance.now()
  const end = load.recordsPerBatch * load.batches
  let bytes = 0
  let offset = 0
  socket.write(fetchRequest(load, offset))
  for await (const frame of frames(socket)) {
    const reader = new Reader(frame)
    readResponseHeader(reader, Fetch, FETCH_VERSION)
    const { errorCode, records } = readResponse(Fetch, FETCH_VERSION, reader).responses[0]!.partitions[0]!
    if (errorCode !== 0) throw new Error(`fetch was refused with ${errorCode}`)
    for (const batch of batchesIn(records ?? Buffer.alloc(0))) {
      offset = batch.nextOffset
      bytes += batch.sizeBytes
    }
    if (offset >= end) break
    socket.write(fetchRequest(load, offset))
  }
  socket.destroy()
  return bytes / ((performance.now() - start) / 1000)
}

function batchOf({ recordBytes, recordsPerBatch }: Load): Buffer {
  const value = Buffer.alloc(recordBytes, 'klog')
  const records = Array.from({ length: recordsPerBatch }, () => ({ timestamp: Date.now(), key: null, value }))
  return buildBatch({ records })
}

/** A whole request, its length included. `acks` as in Produce. */
export function produceRequestOf(topic: string, records: Buffer, acks: number): Buffer {
  const partitionData = [{ index: 0, records }]
  return framed(Produce, PRODUCE_VERSION, (writer) =>
    writeRequest(Produce, PRODUCE_VERSION, writer, {
      acks,
      timeoutMs: 30_000,
      topicData: [{ name: topic, partitionData }],
    }),
  )
}

function fetchRequest(load: Load, fetchOffset: number): Buffer {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: FETCH_BYTES_MAX }]
  return framed(Fetch, FETCH_VERSION, (writer) =>
    writeRequest(Fetch, FETCH_VERSION, writer, {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: FETCH_BYTES_MAX,
      topics: [{ topic: load.topic, partitions }],
      forgottenTopicsData: [],
    }),
  )
}

function framed(api: HeaderApi, version: number, body: (writer: Writer) => void): Buffer {
  const writer = new Writer()
  writeRequestHeader(writer, api, { version, correlationId: 1, clientId: 'bench' })
  body(writer)
  const payload = writer.toBuffer()
  const length = Buffer.alloc(4)
  length.writeInt32BE(payload.length)
  return Buffer.concat([length, payload])
}

async function connected({ host, port }: Pick<Load, 'host' | 'port'>): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Answers without their lengths; each is gathered from the pieces that it came in, in one copy. */
async function* frames(socket: Socket): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = []
  let have = 0
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    pieces.push(chunk)
    have += chunk.length
    for (;;) {
      if (have < 4) break
      if (pieces[0]!.length < 4) pieces = [Buffer.concat(pieces)]
      const length = pieces[0]!.readInt32BE(0)
      if (have < 4 + length) break
      const all = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
      yield all.subarray(4, 4 + length)
      have -= 4 + length
      pieces = have === 0 ? [] : [all.subarray(4 + length)]
    }
  }
}
