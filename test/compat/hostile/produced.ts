import { systemClock } from '../../../src/base/clock.js'
import { crc32c } from '../../../src/bytes/crc32c.js'
import { Peer } from '../../../src/net/peer.js'
import { PeerError } from '../../../src/net/peer-error.js'
import { ErrorCode, errorName } from '../../../src/protocol/errors.js'
import { AddPartitionsToTxn } from '../../../src/protocol/messages/add-partitions-to-txn.js'
import { ApiVersions } from '../../../src/protocol/messages/api-versions.js'
import { CreateTopics } from '../../../src/protocol/messages/create-topics.js'
import { EndTxn } from '../../../src/protocol/messages/end-txn.js'
import { Fetch } from '../../../src/protocol/messages/fetch.js'
import { FindCoordinator } from '../../../src/protocol/messages/find-coordinator.js'
import { InitProducerId } from '../../../src/protocol/messages/init-producer-id.js'
import { ListOffsets } from '../../../src/protocol/messages/list-offsets.js'
import { Produce } from '../../../src/protocol/messages/produce.js'
import { RecordBatch } from '../../../src/records/batch.js'
import {
  ATTRIBUTES,
  BATCH_LENGTH,
  BATCH_OVERHEAD_BYTES,
  CRC,
  LENGTH_PREFIX_BYTES,
  MAX_TIMESTAMP,
  PRODUCER_EPOCH,
  PRODUCER_ID,
} from '../../../src/records/layout.js'
import { TRANSACTIONS_PRODUCER } from './liar.js'
import { LIED_TO, type LyingBatch } from './lying-batches.js'
import { oddBatch, oddBytes, oddRecord } from './odd-batch.js'

export interface Answer {
  /** Null where none is asked for. */
  readonly error: string | null
  readonly [detail: string]: unknown
}

/** What became of a batch: the answer, with times of the broker's clock left out, and what can be read then. */
export interface Produced {
  readonly answer: Answer | 'closed' | 'waiting'
  /** Of the faultless partition beside it. */
  readonly company: string | null
  readonly stored: readonly object[]
}

/** Of each topic, so that its batches can come side by side. */
const LANES = 3
const PATIENCE_MS = 5000
/** Of transactions. */
const COORDINATOR = { keyType: 1, coordinatorKeys: ['liar'] }

/** Sends each batch to a partition that nobody else writes to at that time. */
export async function producedBy(port: number, batches: readonly LyingBatch[]): Promise<Produced[]> {
  const ids = await createTopics(port)
  const produced = new Array<Produced>(batches.length)
  const lanes = Object.keys(LIED_TO).flatMap((topic) =>
    Array.from({ length: LANES }, (_, at) => new Lane(port, topic, ids.get(topic)!, 2 * at)),
  )
  await Promise.all(
    lanes.map(async (lane) => {
      for (const [at, batch] of batches.entries())
        if (batch.topic === lane.topic && at % LANES === lane.partition / 2) produced[at] = await lane.send(batch)
      lane.leave()
    }),
  )
  return produced
}

async function createTopics(port: number): Promise<Map<string, string>> {
  const peer = await connectTo(port)
  const topics = Object.entries(LIED_TO).map(([name, configs]) => ({
    ...{ name, numPartitions: 2 * LANES, replicationFactor: 1, assignments: [] },
    configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
  }))
  const answer = await peer.call(CreateTopics, 7, { topics })
  for (const { name, errorCode, errorMessage } of answer.topics)
    if (errorCode !== 0) throw new Error(`${name}: ${errorMessage}`)
  while (!(await areLed(peer)));
  while ((await peer.call(FindCoordinator, 4, COORDINATOR)).coordinators[0]!.errorCode !== ErrorCode.NONE);
  peer.close()
  return new Map(answer.topics.map(({ name, topicId }) => [name, topicId]))
}

async function areLed(peer: Peer): Promise<boolean> {
  const partitions = Array.from({ length: 2 * LANES }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 }))
  const topics = Object.keys(LIED_TO).map((name) => ({ name, partitions }))
  const answer = await peer.call(ListOffsets, 7, { replicaId: -1, isolationLevel: 0, topics })
  return answer.topics.every((topic) => topic.partitions.every(({ errorCode }) => errorCode === 0))
}

interface Transaction {
  readonly producerId: bigint
  readonly producerEpoch: number
}

class Lane {
  #peer: Peer | null = null
  #transaction: Transaction | null = null

  constructor(
    readonly port: number,
    readonly topic: string,
    readonly topicId: string,
    /** Where the lies are told; the next one is for faultless batches. */
    readonly partition: number,
  ) {}

  async send(batch: LyingBatch): Promise<Produced> {
    this.#transaction = batch.transaction === 'open' ? await this.#begin(batch) : null
    if (batch.before !== null) await this.#produce({ ...batch, acks: -1, isInCompany: false }, batch.before)
    const endOffset = await this.#endOffset()
    const { answer, company } = await this.#answered(batch, endOffset)
    const stored = await this.#storedFrom(endOffset)
    if (this.#transaction !== null) await this.#end(this.#transaction, batch)
    return { answer, company, stored }
  }

  /** Again where the coordinator or the way to it is not there yet. */
  async #answered(batch: LyingBatch, endOffset: number): Promise<Omit<Produced, 'stored'>> {
    for (;;) {
      const answered = await this.#produce(batch, batch.records, endOffset)
      if (typeof answered.answer === 'string' || answered.answer.error !== 'NOT_ENOUGH_REPLICAS') return answered
    }
  }

  async #begin({ version, isInCompany }: LyingBatch): Promise<Transaction> {
    const transaction = await this.#initialised()
    // Later versions enter the partitions by themselves (KIP-890).
    if (version >= 12) return transaction
    const partitions = isInCompany ? [this.partition, this.partition + 1] : [this.partition]
    const answer = await (await this.#connected()).call(AddPartitionsToTxn, 3, {
      v3AndBelowTransactionalId: this.#transactionalId('open'),
      v3AndBelowProducerId: transaction.producerId,
      v3AndBelowProducerEpoch: transaction.producerEpoch,
      v3AndBelowTopics: [{ name: this.topic, partitions }],
    })
    const results = answer.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) => resultsByPartition)
    if (results.some(({ partitionErrorCode }) => partitionErrorCode !== ErrorCode.NONE))
      throw new Error(`no transaction: ${JSON.stringify(results)}`)
    return transaction
  }

  /** Waits until nothing of the transaction before is left. */
  async #initialised(): Promise<Transaction> {
    for (;;) {
      const request = { transactionalId: this.#transactionalId('open'), transactionTimeoutMs: 60_000 }
      const answer = await (await this.#connected()).call(InitProducerId, 4, request)
      if (answer.errorCode === ErrorCode.NONE) return answer
    }
  }

  async #end({ producerId, producerEpoch }: Transaction, { version }: LyingBatch): Promise<void> {
    const peer = await this.#connected()
    const request = { transactionalId: this.#transactionalId('open'), producerId, producerEpoch, committed: false }
    await peer.call(EndTxn, version < 12 ? 3 : 5, request)
    await this.#initialised()
  }

  #transactionalId(transaction: 'open' | 'unknown'): string {
    return `${transaction} of ${this.topic}-${this.partition}`
  }

  leave(): void {
    this.#peer?.close()
    this.#peer = null
  }

  async #produce(
    { version, acks, isInCompany, transaction }: LyingBatch,
    bytes: Buffer | null,
    endOffset = 0,
  ): Promise<Omit<Produced, 'stored'>> {
    const records = bytes === null || this.#transaction === null ? bytes : ofProducer(bytes, this.#transaction)
    const partitionData = [{ index: this.partition, records }]
    if (isInCompany) partitionData.push({ index: this.partition + 1, records: faultless() })
    const topicData = [{ name: this.topic, topicId: this.topicId, partitionData }]
    const transactionalId = transaction === 'none' ? null : this.#transactionalId(transaction)
    const request = { transactionalId, acks, timeoutMs: 10_000, topicData }
    try {
      const peer = await this.#connected()
      if (acks === 0) {
        peer.send(Produce, version, request)
        await peer.call(ApiVersions, 0, {}, { timeoutMs: PATIENCE_MS })
        return { answer: { error: null }, company: null }
      }
      const { responses } = await peer.call(Produce, version, request, { timeoutMs: PATIENCE_MS })
      const answers = responses.flatMap(({ partitionResponses }) => partitionResponses)
      const one = answers.find(({ index }) => index === this.partition)!
      const other = answers.find(({ index }) => index !== this.partition)
      return {
        answer: {
          error: errorName(one.errorCode),
          message: withoutTimes(one.errorMessage),
          records: one.recordErrors.map((record) => [record.batchIndex, withoutTimes(record.batchIndexErrorMessage)]),
          baseOffset: one.baseOffset < 0 ? one.baseOffset : one.baseOffset - endOffset,
          hasAppendTime: one.logAppendTimeMs !== -1,
          logStartOffset: one.logStartOffset,
          leader: one.currentLeader.leaderId,
        },
        company: other === undefined ? null : errorName(other.errorCode),
      }
    } catch (error) {
      this.leave()
      if (!(error instanceof PeerError)) throw error
      return { answer: error.kind === 'timeout' ? 'waiting' : 'closed', company: null }
    }
  }

  async #endOffset(): Promise<number> {
    const partitions = [{ partitionIndex: this.partition, timestamp: -1 }]
    const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: this.topic, partitions }] }
    const answer = await (await this.#connected()).call(ListOffsets, 7, request)
    return answer.topics[0]!.partitions[0]!.offset
  }

  async #storedFrom(offset: number): Promise<object[]> {
    const partitions = [{ partition: this.partition, fetchOffset: offset, partitionMaxBytes: 1_000_000 }]
    const request = { maxWaitMs: 0, minBytes: 0, topics: [{ topic: this.topic, partitions }], forgottenTopicsData: [] }
    const answer = await (await this.#connected()).call(Fetch, 12, request)
    const { errorCode, records } = answer.responses[0]!.partitions[0]!
    if (errorCode !== 0) return [{ error: errorName(errorCode) }]
    const stored: object[] = []
    for (let start = 0; start < (records?.length ?? 0); start += new RecordBatch(records!, start).sizeBytes)
      stored.push(this.#outline(new RecordBatch(records!, start), offset))
    return stored
  }

  /** With the producer that it stood for. */
  #outline(batch: RecordBatch, fromOffset: number): object {
    const isOfTransaction = batch.producerId === this.#transaction?.producerId
    const producerEpoch = isOfTransaction ? batch.producerEpoch - this.#transaction!.producerEpoch : batch.producerEpoch
    const producerId = isOfTransaction ? 'transaction' : String(batch.producerId)
    return { ...outline(batch, fromOffset), producerId, producerEpoch }
  }

  async #connected(): Promise<Peer> {
    if (this.#peer === null || this.#peer.isClosed) this.#peer = await connectTo(this.port)
    return this.#peer
  }
}

function connectTo(port: number): Promise<Peer> {
  return Peer.connect({ host: '127.0.0.1', port, clientId: 'liar', clock: systemClock, connectTimeoutMs: 10_000 })
}

/** Of the producer that the batch stands for, where it stands for one; what is wrong with its checksum stays wrong. */
function ofProducer(bytes: Buffer, { producerId, producerEpoch }: Transaction): Buffer {
  if (bytes.length < BATCH_OVERHEAD_BYTES || bytes.readBigInt64BE(PRODUCER_ID) !== TRANSACTIONS_PRODUCER) return bytes
  const end = LENGTH_PREFIX_BYTES + bytes.readInt32BE(BATCH_LENGTH)
  if (end < BATCH_OVERHEAD_BYTES || end > bytes.length) return bytes
  const isValid = crc32c(bytes, ATTRIBUTES, end) === bytes.readUInt32BE(CRC)
  const changed = Buffer.from(bytes)
  changed.writeBigInt64BE(producerId, PRODUCER_ID)
  changed.writeInt16BE(Math.max(producerEpoch + bytes.readInt16BE(PRODUCER_EPOCH), -0x8000) & 0x7fff, PRODUCER_EPOCH)
  if (isValid) changed.writeUInt32BE(crc32c(changed, ATTRIBUTES, end), CRC)
  return changed
}

function faultless(): Buffer {
  return oddBytes(oddBatch([oddRecord(0, Buffer.from('k'), Buffer.from('v'))], BigInt(systemClock.now())))
}

/** Whatever is Kafka's own, and not of how well a codec packs, nor of the moment. */
function outline(batch: RecordBatch, fromOffset: number): object {
  const { attributes, timestampType, lastOffsetDelta, baseTimestamp, recordCount } = batch
  const { baseSequence, partitionLeaderEpoch } = batch
  const isAppendTime = timestampType === 'LogAppendTime'
  return {
    ...{ baseOffset: batch.baseOffset - fromOffset, attributes, lastOffsetDelta, baseTimestamp, recordCount },
    ...{ baseSequence, partitionLeaderEpoch },
    maxTimestamp: isAppendTime ? '' : String(batch.buffer.readBigInt64BE(batch.start + MAX_TIMESTAMP)),
    isCrcValid: batch.isCrcValid(),
    records: recordsOf(batch, isAppendTime),
  }
}

function recordsOf(batch: RecordBatch, isAppendTime: boolean): readonly string[] | 'unreadable' {
  try {
    return [...batch.records()].map(({ offset, timestamp, key, value, headers }) =>
      [
        ...[offset - batch.baseOffset, isAppendTime ? '' : timestamp, key?.toString('hex'), value?.toString('hex')],
        ...headers.map((header) => `${header.key}=${header.value?.toString('hex')}`),
      ].join(' '),
    )
  } catch {
    return 'unreadable'
  }
}

/** Of the broker's clock. */
function withoutTimes(text: string | null): string | null {
  return text?.replaceAll(/within \[-?\d+, -?\d+\]/g, 'within [now]') ?? null
}
