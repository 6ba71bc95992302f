import type { ErrorCode } from '../../protocol/errors.js'
import { AddOffsetsToTxn } from '../../protocol/messages/add-offsets-to-txn.js'
import { addPartitions } from '../../transaction/add-partitions.js'
import { OFFSETS_TOPIC } from '../group-coordinators.js'
import { handle } from '../handler.js'

/** Enters the partition where a group's offsets are kept into a transaction. */
export const addOffsetsToTxn = handle(AddOffsetsToTxn, '0-4', async (request, { broker }) => {
  const { transactionalId, producerId, producerEpoch, groupId } = request
  const partitions = [{ topic: OFFSETS_TOPIC, partition: broker.groups.partitionOf(groupId) }]
  const event = { transactionalId, producerId, producerEpoch, partitions, isVersion2: false }
  const errorCode = await broker.transactions.askNamed<ErrorCode>(
    transactionalId,
    (turn, asker) => addPartitions(turn, event, asker),
    (error) => error,
  )
  return { errorCode }
})
