import { InitProducerId } from '../../protocol/messages/init-producer-id.js'
import type { ClusterClient } from '../cluster-client.js'
import { throwIfError } from '../kafka-error.js'

/** Who a producer is to the brokers, so that they can tell a batch that was sent twice. */
export interface ProducerIdentity {
  readonly producerId: bigint
  readonly producerEpoch: number
}

export const NO_IDENTITY: ProducerIdentity = { producerId: -1n, producerEpoch: -1 }

const EPOCH_MAX = 0x7ffe
/** Kafka's default; it means nothing without a transactional id. */
const TRANSACTION_TIMEOUT_MS = 60_000

/** An identity under which all sequences start at 0: the next epoch of `current`, or another id. @throws KafkaError */
export async function nextIdentity(client: ClusterClient, current: ProducerIdentity): Promise<ProducerIdentity> {
  if (current.producerId >= 0n && current.producerEpoch < EPOCH_MAX) {
    return { producerId: current.producerId, producerEpoch: current.producerEpoch + 1 }
  }
  const request = { transactionalId: null, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS }
  return await client.run('initProducerId', 'any', async ({ connection, timeoutMs }) => {
    const response = await connection.call(InitProducerId, request, { timeoutMs })
    throwIfError(response.errorCode)
    return { producerId: response.producerId, producerEpoch: response.producerEpoch }
  })
}
