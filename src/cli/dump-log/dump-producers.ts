import { crc32c } from '../../bytes/crc32c.js'
import { int64At, Reader } from '../../bytes/reader.js'
import { readMessage } from '../../protocol/codec.js'
import type { ReadMessage } from '../../protocol/schema.js'
import { ProducerSnapshot } from '../../protocol/state/producer-snapshot.js'
import type { RowIn } from '../data/shape.js'
import type { ToolIo } from '../tool.js'
import { ABORTED, PRODUCERS } from './data.js'
import { optionalLong } from './dump-log-file.js'
import { readWholeFile } from './index-entries.js'
import type { Report } from './report.js'

const VERSION = 1
const VERSION_BYTES = 2
const CHECKSUM_END = 6
const TRANSACTION_ENTRY_BYTES = 34

/** Prints the producers that a `.snapshot` file remembers. */
export function dumpProducerSnapshot(fullPath: string, report: Report, io: ToolIo): void {
  const bytes = readWholeFile(fullPath)
  const version = bytes.length < VERSION_BYTES ? null : bytes.readInt16BE(0)
  if (version !== VERSION) {
    const why = version === null ? version : `Snapshot contained an unknown file version ${version}`
    io.stderr.line(`Snapshot failed schema validation: ${why}`)
    return
  }
  const { crc, producerEntries } = readMessage(ProducerSnapshot, VERSION, new Reader(bytes, VERSION_BYTES))
  const computed = crc32c(bytes, CHECKSUM_END, bytes.length)
  if (crc !== computed) {
    io.stderr.line(`Snapshot is corrupt (CRC is no longer valid). Stored crc: ${crc}. Computed crc: ${computed}`)
    return
  }
  for (const entry of producerEntries) {
    const firstOffset = entry.currentTxnFirstOffset < 0 ? null : entry.currentTxnFirstOffset
    report.entry(
      PRODUCERS,
      () => producerRow(entry, firstOffset),
      () => producerText(entry, firstOffset),
    )
  }
}

type Entry = ReadMessage<typeof ProducerSnapshot>['producerEntries'][number]

function producerRow(entry: Entry, transactionStartOffset: number | null): Omit<RowIn<typeof PRODUCERS>, 'file'> {
  const hasBatch = entry.lastOffset >= 0
  return {
    producerId: entry.producerId,
    producerEpoch: entry.epoch,
    coordinatorEpoch: entry.coordinatorEpoch,
    transactionStartOffset,
    lastTimestamp: entry.timestamp,
    lastSequence: hasBatch ? entry.lastSequence : null,
    lastOffset: hasBatch ? entry.lastOffset : null,
    offsetDelta: hasBatch ? entry.offsetDelta : null,
  }
}

function producerText(entry: Entry, firstOffset: number | null): string {
  const head = `producerId: ${entry.producerId} producerEpoch: ${entry.epoch} coordinatorEpoch: ${entry.coordinatorEpoch} currentTxnFirstOffset: ${optionalLong(firstOffset)} lastTimestamp: ${entry.timestamp} `
  return entry.lastOffset < 0 ? head : head + lastBatchText(entry)
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
export function dumpTransactionIndex(fullPath: string, report: Report): void {
  const bytes = readWholeFile(fullPath)
  for (let at = 0; at + TRANSACTION_ENTRY_BYTES <= bytes.length; at += TRANSACTION_ENTRY_BYTES) {
    const entry = {
      version: bytes.readInt16BE(at),
      producerId: bytes.readBigInt64BE(at + 2),
      firstOffset: int64At(bytes, at + 10),
      lastOffset: int64At(bytes, at + 18),
      lastStableOffset: int64At(bytes, at + 26),
    }
    report.entry(
      ABORTED,
      () => entry,
      () =>
        Object.entries(entry)
          .map(([name, value]) => `${name}: ${value}`)
          .join(' '),
    )
  }
}
