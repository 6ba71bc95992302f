import type { ClusterClient } from '../../client/cluster-client.js'
import {
  abortText,
  abortTransaction,
  describeProducers,
  type TransactionEnd,
} from '../../client/partition-producers.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { orFail, TransactionFailure } from './failure.js'
import type { TransactionArgs } from './grammar.js'

/** @throws TransactionFailure */
export async function abort(client: ClusterClient, args: TransactionArgs): Promise<void> {
  const partition = { topic: args.get('topic')!, partition: args.number('partition')! }
  const startOffset = args.number('start-offset')
  const end = startOffset === undefined ? named(partition, args) : await found(client, partition, startOffset)
  await orFail(`Failed to abort transaction ${abortText(end)}`, abortTransaction(client, end))
}

/** Brokers before 3.0 cannot say whose transaction begins where. */
function named(partition: TopicPartition, args: TransactionArgs): TransactionEnd {
  const producerId = args.get('producer-id')
  if (producerId === undefined) {
    throw new TransactionFailure(
      'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
    )
  }
  const producerEpoch = args.number('producer-epoch')
  if (producerEpoch === undefined) throw new TransactionFailure('Missing required argument --producer-epoch')
  const coordinatorEpoch = args.number('coordinator-epoch')
  if (coordinatorEpoch === undefined) throw new TransactionFailure('Missing required argument --coordinator-epoch')
  return {
    ...partition,
    producerId: BigInt(producerId),
    producerEpoch,
    coordinatorEpoch: Math.max(0, coordinatorEpoch),
  }
}

async function found(client: ClusterClient, partition: TopicPartition, startOffset: number): Promise<TransactionEnd> {
  const name = partitionName(partition)
  const what = `Failed to validate producer state for partition ${name}`
  const producers = await orFail(what, describeProducers(client, [partition]))
  const producer = producers.get(name)?.find(({ transactionStart }) => transactionStart === startOffset)
  if (producer === undefined) {
    throw new TransactionFailure(
      `Could not find any open transactions starting at offset ${startOffset} on partition ${name}`,
    )
  }
  const { producerId, producerEpoch, coordinatorEpoch } = producer
  return { ...partition, producerId, producerEpoch, coordinatorEpoch: coordinatorEpoch ?? 0 }
}
