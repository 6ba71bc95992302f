import { crc32c } from '../bytes/crc32c.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { Writer } from '../bytes/writer.js'
import { ProducerState } from './producer-state.js'

const VERSION = 1
/** Version and checksum; the checksum covers what comes after it. */
const PREFIX_BYTES = 6
const ENTRY_BYTES = 46
const NO_TRANSACTION = -1

/** The producers as of one offset, in Kafka's format: of each only its last batch. */
export function writeProducerSnapshot(states: Iterable<ProducerState>): Buffer {
  const all = [...states]
  const writer = new Writer(PREFIX_BYTES + 4 + all.length * ENTRY_BYTES)
  writer.int16(VERSION)
  writer.uint32(0)
  writer.int32(all.length)
  for (const state of all) {
    writer.int64Bits(state.producerId)
    writer.int16(state.epoch)
    writer.int32(state.lastSequence)
    writer.int64(state.lastOffset)
    writer.int32(state.lastOffsetDelta)
    writer.int64(state.lastTimestamp)
    writer.int32(state.coordinatorEpoch)
    writer.int64(state.transactionFirstOffset ?? NO_TRANSACTION)
  }
  const bytes = writer.toBuffer()
  bytes.writeUInt32BE(crc32c(bytes, PREFIX_BYTES, bytes.length), 2)
  return bytes
}

/** @throws MalformedBytes when the bytes are not a snapshot of version 1, or not the one that was written. */
export function readProducerSnapshot(bytes: Buffer): ProducerState[] {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (version !== VERSION) throw new MalformedBytes(`a producer snapshot of version ${version}`)
  if (reader.uint32() !== crc32c(bytes, PREFIX_BYTES, bytes.length))
    throw new MalformedBytes('a producer snapshot whose checksum is wrong')
  const count = reader.int32()
  if (count < 0 || count * ENTRY_BYTES > reader.remaining)
    throw new MalformedBytes(`a producer snapshot of ${count} entries in ${bytes.length} bytes`)
  return Array.from({ length: count }, () => readEntry(reader))
}

function readEntry(reader: Reader): ProducerState {
  const state = new ProducerState(reader.int64Bits())
  state.enterEpoch(reader.int16())
  const lastSequence = reader.int32()
  const lastOffset = reader.int64()
  const offsetDelta = reader.int32()
  const timestamp = reader.int64()
  if (lastOffset >= 0) state.addBatch({ lastSequence, lastOffset, offsetDelta, timestamp })
  state.lastTimestamp = timestamp
  state.coordinatorEpoch = reader.int32()
  const transactionFirstOffset = reader.int64()
  state.transactionFirstOffset = transactionFirstOffset < 0 ? null : transactionFirstOffset
  return state
}
