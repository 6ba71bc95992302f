import { ErrorCode, errorMessage } from '../../protocol/errors.js'
import { DescribeProducers } from '../../protocol/messages/describe-producers.js'
import type { Broker } from '../broker.js'
import { handle } from '../handler.js'
import { locateLeader } from '../locate.js'
import { withinBound } from '../within-bound.js'

/** The producers that the leaders of partitions remember. */
export const describeProducers = handle(DescribeProducers, '0', async ({ topics }, { broker, turns }) => {
  const asked = topics.flatMap(({ partitionIndexes }, at) => partitionIndexes.map((index) => ({ at, index })))
  const told = await withinBound(
    turns,
    asked,
    ({ at, index }) => ({ at, partition: describe(broker, topics[at]!.name, index) }),
    ({ partition }) => partition.activeProducers.length,
  )
  if (told === null) return 'close'
  const answers = topics.map(({ name }) => ({ name, partitions: [] as Described[] }))
  for (const { at, partition } of told) answers[at]!.partitions.push(partition)
  return { topics: answers }
})

type Described = ReturnType<typeof describe>

function describe(broker: Broker, topic: string, partitionIndex: number) {
  const partition = locateLeader(broker, topic, partitionIndex)
  if (typeof partition === 'number') {
    // Kafka words it for a topic that is missing, not for a partition of one that is there.
    const errorMessageText = broker.metadata.image.topic(topic) === null ? errorMessage(partition) : null
    return { partitionIndex, errorCode: partition, errorMessage: errorMessageText, activeProducers: [] }
  }
  return {
    partitionIndex,
    errorCode: ErrorCode.NONE,
    activeProducers: Array.from(partition.log.producers.all(), (state) => ({
      producerId: state.producerId,
      producerEpoch: state.epoch,
      lastSequence: state.lastSequence,
      lastTimestamp: state.lastTimestamp,
      coordinatorEpoch: state.coordinatorEpoch,
      currentTxnStartOffset: state.transactionFirstOffset ?? -1,
    })),
  }
}
