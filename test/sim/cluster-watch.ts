import type { Partition } from '../../src/broker/partition.js'
import { batchesIn, type RecordBatch } from '../../src/records/batch.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { controllerImage } from './cluster-state.js'
import { hold } from './ledger.js'
import type { Machine } from './machine.js'
import { RISKY } from './topics.js'

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
  ledEpoch: number
  highWatermark: number
}

/** What must hold at every moment, of all brokers together. */
export class ClusterWatch {
  /** Of each log the newest. */
  readonly #leaders = new Map<string, { readonly epoch: number; readonly machine: string }>()
  readonly #committedEnds = new Map<string, number>()
  readonly #committed = new Map<string, Map<number, Committed>>()
  readonly #looked = new WeakMap<PartitionLog, Looked>()
  /** Of leaders with too few in sync: who that is, and up to where all was committed when they became so few. */
  readonly #tooFew = new WeakMap<PartitionLog, { readonly isr: readonly number[]; readonly highWatermark: number }>()
  /** Partitions that had a leader which was not in sync, and may have lost something with that. */
  readonly #unclean = new Set<string>()
  /** Up to where in the metadata it was looked at who is in sync. */
  #checkedOffset = -1

  constructor(readonly machines: readonly Machine[]) {}

  check(): void {
    for (const machine of this.machines) {
      const { node } = machine
      if (node?.broker == null) continue
      const { metadata, partitions } = node.broker
      this.#look(machine, metadata.partitionLog, metadata.quorum.isLeader ? metadata.epoch : -1, () => 'the metadata')
      for (const partition of partitions.all()) {
        const { isRecovering, log, isLeader, leaderEpoch, name, topicId } = partition
        this.#waits(partition)
        if (isRecovering && name.startsWith(RISKY)) this.#unclean.add(name)
        this.#look(machine, log, isLeader ? leaderEpoch : -1, () => `${name} (${topicId})`)
      }
    }
    this.#checkInSync()
  }

  /** With fewer in sync than the topic asks for nothing more is committed (KIP-966). */
  #waits({ name, log, isr, isLeader, isUnderMinIsr }: Partition): void {
    const before = this.#tooFew.get(log)
    if (isLeader && isUnderMinIsr) {
      const { highWatermark } = log
      hold(
        before === undefined || before.isr !== isr || highWatermark <= before.highWatermark,
        () => `${name} goes on from ${before!.highWatermark} to ${highWatermark}, where only ${isr} are in sync`,
      )
      if (before?.isr !== isr) this.#tooFew.set(log, { isr, highWatermark })
    } else if (before !== undefined) this.#tooFew.delete(log)
  }

  /** Whoever counts as in sync, and still is the process that the controller means, has all that is committed. */
  #checkInSync(): void {
    const image = controllerImage(this.machines)
    // Who was cut off may go on with what was true before.
    if (image === null || image.offset <= this.#checkedOffset) return
    this.#checkedOffset = image.offset
    for (const { id: topicId, name: topic, partitions } of image.topics()) {
      // Who is elected there counts as in sync at once.
      if (topic === RISKY) continue
      for (const [index, { isr }] of partitions.entries()) {
        const name = `${topic}-${index}`
        const committed = this.#committedEnds.get(`${name} (${topicId})`) ?? 0
        for (const id of isr) {
          const broker = this.machines[id]!.node?.broker ?? null
          if (broker === null || broker.controllerClient.brokerEpoch !== image.brokers.get(id)?.epoch) continue
          const end = broker.partitions.find(topic, index)?.log.logEndOffset ?? committed
          hold(end >= committed, () => `broker ${id} is in sync in ${name} up to ${end}; ${committed} is committed`)
        }
      }
    }
  }

  /** Whether a partition may have lost something: its leader was not in sync when it was elected. */
  isUnclean(name: string): boolean {
    return this.#unclean.has(name)
  }

  /** @param ledEpoch in which it leads; -1 where it does not */
  #look(machine: Machine, log: PartitionLog, ledEpoch: number, nameOf: () => string): void {
    const { highWatermark, logStartOffset } = log
    let looked = this.#looked.get(log)
    if (looked === undefined) {
      looked = { ledEpoch: -1, highWatermark: 0 }
      this.#looked.set(log, looked)
    }
    const { highWatermark: before } = looked
    if (ledEpoch === looked.ledEpoch && highWatermark === before) return
    const what = nameOf()
    const mayLose = this.#unclean.has(what.split(' ')[0]!)
    if (ledEpoch >= 0) this.#leads(what, ledEpoch, machine.name, log, mayLose)
    hold(
      highWatermark >= before || mayLose,
      () => `${what}: the high watermark of ${machine.name} fell from ${before} to ${highWatermark}`,
    )
    looked.ledEpoch = ledEpoch
    looked.highWatermark = highWatermark
    if (highWatermark === before || mayLose) return
    this.#committedEnds.set(what, Math.max(highWatermark, this.#committedEnds.get(what) ?? 0))
    this.#compare(`${machine.name} ${what}`, what, log, Math.max(logStartOffset, before))
  }

  /** One an epoch, and nobody who lacks what is committed. */
  #leads(what: string, epoch: number, machine: string, log: PartitionLog, mayLose: boolean): void {
    let known = this.#leaders.get(what)
    if (known === undefined || known.epoch < epoch) {
      known = { epoch, machine }
      this.#leaders.set(what, known)
      const end = this.#committedEnds.get(what) ?? 0
      hold(
        log.logEndOffset >= end || mayLose,
        () => `${machine} leads ${what} in epoch ${epoch} up to ${log.logEndOffset}, and ${end} was committed`,
      )
    }
    const { machine: leader } = known
    hold(known.epoch > epoch || leader === machine, () => `${leader} and ${machine} both lead ${what} in ${epoch}`)
  }

  /** Everything that is committed must be what it is with the others. */
  #compare(key: string, what: string, log: PartitionLog, from: number): void {
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
