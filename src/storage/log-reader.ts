import type { BufferSource } from './memory.js'
import { type ReadLimits, readSegment } from './segment-reader.js'
import type { Segments } from './segments.js'
import type { Tail } from './tail-cache.js'

/** Whole batches, as they lie in the log. */
export interface LogRead {
  /** In order; to be sent as they are. */
  readonly chunks: Buffer[]
  readonly sizeBytes: number
  /** Where the next read goes on: the offset that was asked for, when nothing was found. */
  readonly nextOffset: number
  /** Base offset of the first batch, which may lie before the offset that was asked for; -1 when nothing was found. */
  readonly firstBatchOffset: number
  /**
   * Says that nobody looks at the chunks any more, so that their memory can be used again. Forgetting it is no mistake,
   * using the chunks afterwards is one.
   */
  release(): void
}

/** @throws MalformedBytes where the file holds something that is no batch. */
export function readLog(
  segments: Segments,
  tail: Tail,
  buffers: BufferSource,
  offset: number,
  limits: ReadLimits,
): LogRead {
  const { bytesMax, endOffset, minOneBatch } = limits
  if (offset >= endOffset) return nothing(offset)
  const cached = tail.read(offset, bytesMax, endOffset, minOneBatch)
  if (cached !== null) return cached.sizeBytes === 0 ? nothing(offset) : once(cached)
  for (const segment of segments.from(offset)) {
    if (segment.baseOffset >= endOffset) break
    const read = readSegment(segment, offset, limits, buffers)
    if (read === 'nothing') break
    if (read === 'passed') continue
    const { bytes, held, firstBatchOffset, nextOffset } = read
    return once({
      chunks: [bytes],
      sizeBytes: bytes.length,
      firstBatchOffset,
      nextOffset,
      release: () => held.release(),
    })
  }
  return nothing(offset)
}

/** Bytes of the batches from the one that holds `from` up to the one that holds `to`, that one left out. */
export function sizeBetween(segments: Segments, tail: Tail, from: number, to: number): number {
  if (from >= to) return 0
  const cached = tail.sizeBetween(from, to)
  if (cached !== null) return cached
  let sizeBytes = 0
  for (const segment of segments.from(from)) {
    if (segment.baseOffset >= to) break
    const start = segment.baseOffset >= from ? 0 : segment.positionOf(from)
    sizeBytes += segment.positionOf(to) - start
  }
  return sizeBytes
}

function nothing(offset: number): LogRead {
  return { chunks: [], sizeBytes: 0, nextOffset: offset, firstBatchOffset: -1, release: () => {} }
}

/** Memory that is given back twice would be lent out twice. */
function once(read: LogRead): LogRead {
  let isReleased = false
  const release = (): void => {
    if (!isReleased) read.release()
    isReleased = true
  }
  const { chunks, sizeBytes, nextOffset, firstBatchOffset } = read
  return { chunks, sizeBytes, nextOffset, firstBatchOffset, release }
}
