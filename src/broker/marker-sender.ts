import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { ErrorCode, errorName } from '../protocol/errors.js'
import { WriteTxnMarkers } from '../protocol/messages/write-txn-markers.js'
import type { Markers } from '../transaction/effects.js'
import { markersWritten } from '../transaction/markers.js'
import type { TopicPartition } from '../transaction/partition-set.js'
import type { Turn } from '../transaction/transactions.js'
import type { Turning } from './coordinator.js'
import type { MetadataLog } from './metadata-log.js'
import type { OtherBrokers } from './other-brokers.js'
import { byTopic } from './partitions-by-topic.js'
import type { TransactionMarker } from './transaction-marker.js'

/** Before partitions are tried again that have no marker yet. */
const RETRY_MS = 100
const WRITE_TXN_MARKERS_VERSION = 2

export interface MarkerSenderOptions {
  readonly nodeId: number
  readonly metadata: MetadataLog
  readonly clock: Clock
  readonly log: Log
  readonly otherBrokers: OtherBrokers
  /** Into a partition that this broker leads. */
  readonly writeHere: (topic: string, partition: number, marker: TransactionMarker) => Promise<ErrorCode>
}

type Leader = number | 'nobody' | 'deleted'

/** What has become of the markers for some partitions. */
interface Outcome {
  readonly written: TopicPartition[]
  readonly open: TopicPartition[]
  /** Somebody else has ended the transaction, or a newer coordinator does: nothing more is to be written. */
  isFenced: boolean
}

/** Brings markers to the leaders of their partitions, again and again until they are there. */
export class MarkerSender {
  readonly #options: MarkerSenderOptions

  constructor(options: MarkerSenderOptions) {
    this.#options = options
  }

  /** The coordinator is told which partitions have their marker, as long as it is one. */
  send(markers: Markers, coordinator: Turning<Turn>): void {
    for (const [leader, partitions] of this.#byLeader(markers.partitions)) {
      void this.#ask(leader, markers, partitions).then((outcome) => this.#heard(markers, outcome, coordinator))
    }
  }

  #heard(markers: Markers, { written, open, isFenced }: Outcome, coordinator: Turning<Turn>): void {
    if (coordinator.availability !== ErrorCode.NONE) return
    const { transactionalId, producerId, producerEpoch } = markers
    if (written.length > 0) {
      coordinator.turn((turn) =>
        markersWritten(turn, { transactionalId, producerId, producerEpoch, partitions: written }),
      )
    }
    if (isFenced || open.length === 0) return
    this.#options.clock.after(RETRY_MS, () => {
      if (coordinator.availability === ErrorCode.NONE) this.send({ ...markers, partitions: open }, coordinator)
    })
  }

  /** By the id of the broker that leads them, where one does. */
  #byLeader(partitions: readonly TopicPartition[]): Map<Leader, TopicPartition[]> {
    const { image } = this.#options.metadata
    const byLeader = new Map<Leader, TopicPartition[]>()
    for (const one of partitions) {
      const known = image.partition(one.topic, one.partition)
      const leader = known === null ? 'deleted' : known.leader === -1 ? 'nobody' : known.leader
      const together = byLeader.get(leader)
      if (together === undefined) byLeader.set(leader, [one])
      else together.push(one)
    }
    return byLeader
  }

  async #ask(leader: Leader, markers: Markers, partitions: TopicPartition[]): Promise<Outcome> {
    // Nothing of the transaction is left there that could be ended.
    if (leader === 'deleted') return { written: partitions, open: [], isFenced: false }
    if (leader === 'nobody') return { written: [], open: partitions, isFenced: false }
    const { nodeId } = this.#options
    const errors =
      leader === nodeId ? this.#writeHere(markers, partitions) : this.#writeThere(leader, markers, partitions)
    return this.#judge(markers, partitions, await errors)
  }

  #writeHere(markers: Markers, partitions: readonly TopicPartition[]): Promise<ErrorCode[]> {
    const marker = { ...markers, isVersion2: markers.transactionVersion >= 2 }
    return Promise.all(partitions.map(({ topic, partition }) => this.#options.writeHere(topic, partition, marker)))
  }

  async #writeThere(leader: number, markers: Markers, partitions: readonly TopicPartition[]): Promise<ErrorCode[]> {
    const { producerId, producerEpoch, isCommit, coordinatorEpoch, transactionVersion } = markers
    const marker = {
      ...{ producerId, producerEpoch, coordinatorEpoch, transactionVersion, transactionResult: isCommit },
      topics: byTopic(partitions).map(([name, partitionIndexes]) => ({ name, partitionIndexes })),
    }
    try {
      const request = { markers: [marker] }
      const answer = await this.#options.otherBrokers.call(leader, WriteTxnMarkers, WRITE_TXN_MARKERS_VERSION, request)
      const told = answer.markers[0]?.topics ?? []
      return partitions.map(({ topic, partition }) => {
        const answers = told.find(({ name }) => name === topic)?.partitions
        return (
          answers?.find(({ partitionIndex }) => partitionIndex === partition)?.errorCode ?? ErrorCode.NETWORK_EXCEPTION
        )
      })
    } catch {
      return partitions.map(() => ErrorCode.NETWORK_EXCEPTION)
    }
  }

  #judge(markers: Markers, partitions: readonly TopicPartition[], errors: readonly ErrorCode[]): Outcome {
    const outcome: Outcome = { written: [], open: [], isFenced: false }
    partitions.forEach((partition, i) => {
      const error = errors[i]!
      if (error === ErrorCode.NONE) outcome.written.push(partition)
      else if (error === ErrorCode.INVALID_PRODUCER_EPOCH || error === ErrorCode.TRANSACTION_COORDINATOR_FENCED) {
        outcome.isFenced = true
        this.#options.log.info(
          `No more markers are sent for ${markers.transactionalId}: ${partition.topic}-${partition.partition} says ${errorName(error)}`,
        )
      } else outcome.open.push(partition)
    })
    return outcome
  }
}
