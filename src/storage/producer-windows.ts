import { RecordBatch } from '../records/batch.js'
import { magicAt } from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import { ProducerStates } from './producer-states.js'
import type { Segment } from './segment.js'
import type { Segments } from './segments.js'

/** So far back is looked: what five batches of many producers come to, and read in no time. */
const TAIL_BYTES = 8 * 1024 * 1024

/**
 * A snapshot keeps of each producer its last batch only, so that a client whose answers were lost with the last run would be
 * refused when it repeats the ones before. (Apache Kafka refuses it: 45.) The log itself still has them: finds them there.
 */
export function rememberWindows(segments: Segments, endOffset: number, states: ProducerStates): void {
  if (states.size === 0) return
  const found = new ProducerStates()
  for (const { segment, start, end } of tailOf(segments, endOffset))
    walkBatches(segment.log, { start, end, whole: false }, (bytes, at) => {
      if (magicAt(bytes, at) < 2) return true
      const batch = new RecordBatch(bytes, at)
      if (!batch.isControl) found.apply(batch)
      return true
    })
  for (const state of states.all()) {
    const tail = found.find(state.producerId)
    if (tail !== null && tail.epoch === state.epoch && tail.lastOffset === state.lastOffset) state.recall(tail.window)
  }
}

interface Stretch {
  readonly segment: Segment
  readonly start: number
  readonly end: number
}

/** In the order of the log. */
function tailOf(segments: Segments, endOffset: number): Stretch[] {
  const tail: Stretch[] = []
  let left = TAIL_BYTES
  for (let index = segments.indexOf(endOffset - 1); index >= 0 && left > 0; index--) {
    const segment = segments.all[index]!
    const end = tail.length === 0 ? segment.positionOf(endOffset) : segment.sizeBytes
    const start = end > left ? segment.offsetIndex.positionUpTo(end - left) : 0
    tail.unshift({ segment, start, end })
    left -= end - start
  }
  return tail
}
