import { crc32c } from '../../bytes/crc32c.js'
import { int64At, Reader } from '../../bytes/reader.js'
import { readMessage } from '../../protocol/codec.js'
import { ProducerSnapshot } from '../../protocol/state/producer-snapshot.js'
import type { ToolIo } from '../tool.js'
import { optionalLong } from './dump-log-file.js'
import { readWholeFile } from './index-entries.js'

const VERSION_BYTES = 2
const CHECKSUM_END = 6
const TRANSACTION_ENTRY_BYTES = 34

/** Prints the producers that a `.snapshot` file remembers. */
export function dumpProducerSnapshot(fullPath: string, io: ToolIo): void {
  const bytes = readWholeFile(fullPath)
  const { crc, producerEntries } = readMessage(ProducerSnapshot, 1, new Reader(bytes, VERSION_BYTES))
  const computed = crc32c(bytes, CHECKSUM_END, bytes.length)
  if (crc !== computed) {
    io.stderr.line(`Snapshot is corrupt (CRC is no longer valid). Stored crc: ${crc}. Computed crc: ${computed}`)
    return
  }
  for (const entry of producerEntries) {
    const firstOffset = entry.currentTxnFirstOffset < 0 ? null : entry.currentTxnFirstOffset
    const head = `producerId: ${entry.producerId} producerEpoch: ${entry.epoch} coordinatorEpoch: ${entry.coordinatorEpoch} currentTxnFirstOffset: ${optionalLong(firstOffset)} lastTimestamp: ${entry.timestamp} `
    io.stdout.line(entry.lastOffset < 0 ? head : head + lastBatchText(entry))
  }
}

interface LastBatch {
  readonly lastSequence: number
  readonly lastOffset: number
  readonly offsetDelta: number
  readonly timestamp: number
}

function lastBatchText({ lastSequence, lastOffset, offsetDelta, timestamp }: LastBatch): string {
  // Sequences begin again at 0 after 2^31 - 1.
  const firstSequence = lastSequence >= offsetDelta ? lastSequence - offsetDelta : lastSequence - offsetDelta + 2 ** 31
  return `firstSequence: ${firstSequence} lastSequence: ${lastSequence} lastOffset: ${lastOffset} offsetDelta: ${offsetDelta} timestamp: ${timestamp}`
}

/** Prints the aborted transactions of a `.txnindex` file. */
export function dumpTransactionIndex(fullPath: string, io: ToolIo): void {
  const bytes = readWholeFile(fullPath)
  for (let at = 0; at + TRANSACTION_ENTRY_BYTES <= bytes.length; at += TRANSACTION_ENTRY_BYTES) {
    io.stdout.line(
      `version: ${bytes.readInt16BE(at)} producerId: ${bytes.readBigInt64BE(at + 2)} firstOffset: ${int64At(bytes, at + 10)} lastOffset: ${int64At(bytes, at + 18)} lastStableOffset: ${int64At(bytes, at + 26)}`,
    )
  }
}
