import { batchesIn, type RecordBatch } from '../../src/records/batch.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { hold } from './ledger.js'
import type { Machine } from './machine.js'

const READ_BYTES_MAX = 1_000_000

/** A committed batch, as somebody has had it. */
interface Committed {
  readonly endOffset: number
  readonly recordCount: number
  readonly epoch: number
  readonly crc: number
}

/** What one process has of a log, as far as it was looked at. */
interface Looked {
  highWatermark: number
  checkedUpTo: number
}

/** What must hold at every moment, of all brokers together. */
export class ClusterWatch {
  readonly #leaders = new Map<string, string>()
  readonly #committed = new Map<string, Map<number, Committed>>()
  readonly #looked = new WeakMap<PartitionLog, Looked>()

  constructor(readonly machines: readonly Machine[]) {}

  check(): void {
    for (const machine of this.machines) {
      const { node, name } = machine
      if (node?.broker == null) continue
      const { metadata, partitions } = node.broker
      if (metadata.quorum.isLeader) this.#leads(`the metadata in epoch ${metadata.epoch}`, name)
      this.#look(machine, 'the metadata', metadata.partitionLog)
      for (const partition of partitions.all()) {
        const { topicId, name: place, leaderEpoch, isLeader, log } = partition
        if (isLeader) this.#leads(`${place} (${topicId}) in epoch ${leaderEpoch}`, name)
        this.#look(machine, `${place} (${topicId})`, log)
      }
    }
  }

  #leads(what: string, machine: string): void {
    const known = this.#leaders.get(what)
    hold(known === undefined || known === machine, () => `${known} and ${machine} both lead ${what}`)
    if (known === undefined) this.#leaders.set(what, machine)
  }

  #look(machine: Machine, what: string, log: PartitionLog): void {
    const key = `${machine.name} ${what}`
    const { highWatermark, logStartOffset } = log
    let looked = this.#looked.get(log)
    if (looked === undefined) {
      looked = { highWatermark: 0, checkedUpTo: 0 }
      this.#looked.set(log, looked)
    }
    const { highWatermark: before } = looked
    hold(highWatermark >= before, () => `the high watermark of ${key} fell from ${before} to ${highWatermark}`)
    looked.highWatermark = highWatermark
    if (highWatermark <= looked.checkedUpTo) return
    looked.checkedUpTo = this.#compare(key, what, log, Math.max(logStartOffset, looked.checkedUpTo))
  }

  /** Everything that is committed must be what it is with the others. Returns how far that was looked at. */
  #compare(key: string, what: string, log: PartitionLog, from: number): number {
    const { highWatermark } = log
    let committed = this.#committed.get(what)
    if (committed === undefined) {
      committed = new Map()
      this.#committed.set(what, committed)
    }
    let offset = from
    while (offset < highWatermark) {
      const read = log.read(offset, READ_BYTES_MAX, { endOffset: highWatermark, minOneBatch: true })
      const bytes = Buffer.concat(read.chunks)
      read.release()
      if (bytes.length === 0) break
      for (const batch of batchesIn(bytes)) {
        if (batch.baseOffset >= highWatermark) break
        compareBatch(key, committed, batch)
        offset = Math.max(offset, batch.nextOffset)
      }
    }
    return highWatermark
  }
}

function compareBatch(key: string, committed: Map<number, Committed>, batch: RecordBatch): void {
  const { baseOffset, nextOffset, recordCount, partitionLeaderEpoch, crc } = batch
  const own = { endOffset: nextOffset, recordCount, epoch: partitionLeaderEpoch, crc }
  const known = committed.get(baseOffset)
  if (known === undefined) committed.set(baseOffset, own)
  // What was compacted is another batch.
  else if (known.endOffset === own.endOffset && known.recordCount === own.recordCount)
    hold(
      known.epoch === own.epoch && known.crc === own.crc,
      () =>
        `${key} has other records at ${baseOffset} than what was committed there (epoch ${known.epoch} and ${own.epoch})`,
    )
  else
    hold(
      /__consumer_offsets|__transaction_state/.test(key),
      () =>
        `${key} has a batch of ${recordCount} records up to ${nextOffset} at ${baseOffset}, not up to ${known.endOffset}`,
    )
}
