import { PeerError } from '../../net/peer-error.js'
import { ErrorCode } from '../../protocol/errors.js'
import { ApiVersions } from '../../protocol/messages/api-versions.js'
import { Produce } from '../../protocol/messages/produce.js'
import type { WriteRequest } from '../../protocol/schema.js'
import { buildBatch } from '../../records/builder.js'
import type { BrokerConnection } from '../broker-connection.js'
import { KafkaError } from '../kafka-error.js'
import type { LedTopic } from '../topic-leaders.js'
import type { ProducerBatch } from './batch.js'
import type { ProducerConfig } from './config.js'
import type { PartitionAnswer } from './delivery-error.js'
import type { ProducerIdentity } from './identity.js'
import type { ProducerTransaction } from './transaction.js'

export interface ProduceCall {
  readonly brokerId: number
  readonly topic: LedTopic
  /** One a partition. */
  readonly batches: readonly ProducerBatch[]
  readonly config: ProducerConfig
  readonly identity: ProducerIdentity
  /** That the batches belong to, if any. */
  readonly transaction: ProducerTransaction | null
}

const ARRIVED: PartitionAnswer = { errorCode: ErrorCode.NONE, baseOffset: -1, errorMessage: null, recordErrors: [] }

/** Sends the batches in one request. What became of each; an answer that never comes is an error answer for all. */
export async function produce(connection: BrokerConnection, call: ProduceCall): Promise<PartitionAnswer[]> {
  try {
    const answers = await ask(connection, call)
    return call.batches.map(({ partition }) => answers.get(partition) ?? ARRIVED)
  } catch (error) {
    const lost = answerLost(error, call.brokerId)
    return call.batches.map(() => lost)
  }
}

async function ask(connection: BrokerConnection, call: ProduceCall): Promise<ReadonlyMap<number, PartitionAnswer>> {
  const request = requestOf(call)
  const timeoutMs = call.config.requestTimeoutMs
  if (call.config.acks !== 0) {
    const newest = call.transaction?.newestProduce ?? Produce.maxVersion
    const { responses } = await connection.call(Produce, request, { timeoutMs, newest })
    return new Map((responses[0]?.partitionResponses ?? []).map((answer) => [answer.index, answer]))
  }
  connection.send(Produce, request)
  await wasTaken(connection, timeoutMs)
  return new Map()
}

/**
 * Nothing answers acks=0. Requests of a connection are served in order, so that the answer to a small one shows that the
 * records were taken: without it a slow broker would fill our memory. If it never comes, that is no failure.
 */
async function wasTaken(connection: BrokerConnection, timeoutMs: number): Promise<void> {
  const names = { clientSoftwareName: 'klog', clientSoftwareVersion: '1' }
  await connection.call(ApiVersions, names, { timeoutMs }).catch(() => {})
}

function requestOf(call: ProduceCall): WriteRequest<typeof Produce> {
  const { topic, batches, config, transaction } = call
  const partitionData = batches.map((batch) => ({ index: batch.partition, records: encode(batch, call) }))
  return {
    transactionalId: transaction?.transactionalId ?? null,
    acks: config.acks,
    timeoutMs: config.requestTimeoutMs,
    topicData: [{ name: topic.name, topicId: topic.topicId, partitionData }],
  }
}

function encode({ records, sequence }: ProducerBatch, { config, identity, transaction }: ProduceCall): Buffer {
  const { compression, compressionLevel } = config
  const level = compressionLevel === undefined ? {} : { level: compressionLevel }
  const sender = sequence === null ? {} : { ...identity, baseSequence: sequence }
  return buildBatch({ records, compression, ...level, ...sender, isTransactional: transaction !== null })
}

/** In the words in which Kafka's producer reports it. */
function answerLost(error: unknown, brokerId: number): PartitionAnswer {
  if (error instanceof KafkaError)
    return { errorCode: error.code, baseOffset: -1, errorMessage: error.message, recordErrors: [] }
  if (!(error instanceof PeerError)) throw error
  const isLate = error.kind === 'timeout'
  return {
    errorCode: isLate ? ErrorCode.REQUEST_TIMED_OUT : ErrorCode.NETWORK_EXCEPTION,
    baseOffset: -1,
    errorMessage: `Disconnected from node ${brokerId}${isLate ? ' due to timeout' : ''}`,
    recordErrors: [],
  }
}
