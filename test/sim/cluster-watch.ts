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
  /** Of each log the newest. */
  readonly #leaders = new Map<string, { readonly epoch: number; readonly machine: string }>()
  readonly #committedEnds = new Map<string, number>()
  readonly #committed = new Map<string, Map<number, Committed>>()
  readonly #looked = new WeakMap<PartitionLog, Looked>()

  constructor(readonly machines: readonly Machine[]) {}

  check(): void {
    for (const machine of this.machines) {
      const { node, name } = machine
      if (node?.broker == null) continue
      const { metadata, partitions } = node.broker
      if (metadata.quorum.isLeader) this.#leads('the metadata', metadata.epoch, name, metadata.partitionLog)
      this.#look(machine, 'the metadata', metadata.partitionLog)
      for (const partition of partitions.all()) {
        const { topicId, name: place, leaderEpoch, isLeader, log } = partition
        if (isLeader) this.#leads(`${place} (${topicId})`, leaderEpoch, name, log)
        this.#look(machine, `${place} (${topicId})`, log)
      }
    }
  }

  /** One an epoch, and nobody who lacks what is committed. */
  #leads(what: string, epoch: number, machine: string, log: PartitionLog): void {
    let known = this.#leaders.get(what)
    if (known === undefined || known.epoch < epoch) {
      known = { epoch, machine }
      this.#leaders.set(what, known)
      const end = this.#committedEnds.get(what) ?? 0
      hold(
        log.logEndOffset >= end,
        () => `${machine} leads ${what} in epoch ${epoch} up to ${log.logEndOffset}, and ${end} was committed`,
      )
    }
    const { machine: leader } = known
    hold(known.epoch > epoch || leader === machine, () => `${leader} and ${machine} both lead ${what} in ${epoch}`)
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
    this.#committedEnds.set(what, Math.max(highWatermark, this.#committedEnds.get(what) ?? 0))
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
  // What has been compacted may be the same records in another batch.
  if (batch.deleteHorizonMs !== null) return
  if (known === undefined) committed.set(baseOffset, own)
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
