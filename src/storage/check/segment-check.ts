import { MalformedBytes } from '../../bytes/malformed.js'
import { RecordBatch } from '../../records/batch.js'
import { controlRecordOf } from '../../records/control.js'
import * as header from '../batch-header.js'
import { walkBatches } from '../batch-walk.js'
import type { Disk } from '../disk.js'
import { segmentFileName } from '../file-names.js'
import { OFFSET_SPAN_MAX } from '../segment.js'
import type { CheckTally, Finding } from './finding.js'
import { IndexCheck } from './index-check.js'

/** Walked over before others have their turn. */
const SLICE_BYTES = 8 * 1024 * 1024
const PIECE_BYTES = 1024 * 1024

const DATA_IS_LOST =
  'Consumers get CORRUPT_MESSAGE there; other partitions are not concerned. Copy the records from another replica, or delete up to after it: klog delete-records'
const IS_CUT = 'After a crash the next start cuts it off: nothing that was acknowledged and synced can be in it.'

export interface SegmentCheckInput {
  readonly disk: Disk
  readonly directory: string
  readonly baseOffset: number
  /** Where the one before ended; the segment begins there or later. */
  readonly fromOffset: number
  readonly isLast: boolean
  readonly tally: CheckTally
  readonly find: (finding: Finding) => void
}

/** Looks at every batch of a segment and at what its indexes say of them. Returns the offset after its last batch. */
export async function checkSegment(input: SegmentCheckInput): Promise<number> {
  const { disk, directory, baseOffset, fromOffset, isLast, tally, find } = input
  const path = `${directory}/${segmentFileName(baseOffset, 'log')}`
  const end = disk.stat(path)?.sizeBytes ?? 0
  const indexes = new IndexCheck(input)
  let nextOffset = baseOffset
  if (baseOffset < fromOffset)
    find({ path, what: `begins before offset ${fromOffset}, where the segment before it ends`, nextStep: DATA_IS_LOST })
  const visit = (bytes: Buffer, at: number, position: number): boolean => {
    const wrong = wrongOf(bytes, at, baseOffset, nextOffset)
    const offset = header.baseOffsetAt(bytes, at)
    if (wrong !== null) find({ path, what: `offset ${offset}, position ${position}: ${wrong}`, nextStep: DATA_IS_LOST })
    indexes.see(bytes, at, position)
    nextOffset = Math.max(nextOffset, header.lastOffsetAt(bytes, at) + 1)
    tally.batches++
    return true
  }
  const file = disk.open(path, 'read')
  let position = 0
  try {
    while (position < end) {
      const until = position + SLICE_BYTES
      const source = { use: () => file }
      const seen = (bytes: Buffer, at: number, where: number) => where < until && visit(bytes, at, where)
      const reached = walkBatches(source, { start: position, end, whole: true, pieceBytes: PIECE_BYTES }, seen)
      tally.bytes += reached - position
      position = reached
      if (reached < until) break
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    file.close()
  }
  if (position < end) {
    const what = `from position ${position} on there is no batch: ${end - position} bytes`
    find({ path, what, nextStep: isLast ? IS_CUT : DATA_IS_LOST })
  }
  indexes.finish(nextOffset)
  tally.segments++
  return nextOffset
}

function wrongOf(bytes: Buffer, at: number, baseOffset: number, nextOffset: number): string | null {
  const first = header.baseOffsetAt(bytes, at)
  const last = header.lastOffsetAt(bytes, at)
  if (last < first) return `its last offset is ${last}`
  if (last < nextOffset || (header.magicAt(bytes, at) >= 2 && first < nextOffset))
    return `the batch before it ends at ${nextOffset - 1}`
  if (last - baseOffset > OFFSET_SPAN_MAX) return `it is too far from the segment's first offset ${baseOffset}`
  if (header.magicAt(bytes, at) < 2) return null
  try {
    const batch = new RecordBatch(bytes, at)
    if (!batch.isCrcValid()) return 'its checksum is another'
    controlRecordOf(batch)
    return null
  } catch (error) {
    if (error instanceof MalformedBytes) return error.message
    throw error
  }
}
