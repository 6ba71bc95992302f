import { MalformedBytes } from '../bytes/malformed.js'
import { RecordBatch } from '../records/batch.js'
import { magicAt } from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import type { StorageEnvironment } from './environment.js'
import { parseSegmentFileName, segmentFileName } from './file-names.js'
import type { ProducerSnapshots } from './producer-snapshots.js'
import type { Segment } from './segment.js'
import type { Segments } from './segments.js'
import { wrongInIndex } from './transaction-index.js'

/**
 * Builds indexes of aborted transactions again that cannot be those of their segments: who reads committed records would get
 * aborted ones. As Kafka does, whether or not the last run ended in order.
 */
export function mendTransactionIndexes(
  { disk, log }: StorageEnvironment,
  segments: Segments,
  names: readonly string[],
  snapshots: ProducerSnapshots,
  logEndOffset: number,
): void {
  const bases = new Set<number>()
  for (const parsed of names.map(parseSegmentFileName)) if (parsed?.suffix === 'txnindex') bases.add(parsed.baseOffset)
  if (bases.size === 0) return
  for (const [at, segment] of segments.all.entries()) {
    if (!bases.has(segment.baseOffset)) continue
    const path = `${segment.directory}/${segmentFileName(segment.baseOffset, 'txnindex')}`
    const endOffset = segments.all[at + 1]?.baseOffset ?? logEndOffset
    const wrong = wrongInIndex(disk.readFile(path) ?? Buffer.alloc(0), segment.baseOffset, endOffset)
    if (wrong === null) continue
    log.warn(`Building ${path} again: it ${wrong}`)
    collectAborted(segment, segments, snapshots)
  }
}

function collectAborted(segment: Segment, segments: Segments, snapshots: ProducerSnapshots): void {
  const { log, transactions, baseOffset, sizeBytes } = segment
  const producers = snapshots.load(segments, baseOffset)
  transactions.clear()
  walkBatches(log, { start: 0, end: sizeBytes, whole: true }, (bytes, at) => {
    if (magicAt(bytes, at) < 2) return true
    try {
      const aborted = producers.apply(new RecordBatch(bytes, at))
      if (aborted !== null) transactions.add(aborted)
    } catch (error) {
      // Who reads the batch is told that it is damaged.
      if (!(error instanceof MalformedBytes)) throw error
    }
    return true
  })
}
