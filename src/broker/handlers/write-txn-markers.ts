import type { ErrorCode } from '../../protocol/errors.js'
import { WriteTxnMarkers } from '../../protocol/messages/write-txn-markers.js'
import type { ReadRequest } from '../../protocol/schema.js'
import type { Broker } from '../broker.js'
import { handle } from '../handler.js'
import { byTopic } from '../partitions-by-topic.js'
import type { OwnTurns } from '../turns.js'
import { writeMarker } from '../write-marker.js'

type Marker = ReadRequest<typeof WriteTxnMarkers>['markers'][number]

interface Place {
  readonly topic: string
  readonly partition: number
}

interface Result extends Place {
  readonly errorCode: ErrorCode
}

/** A transaction coordinator, or an administrator, ends transactions in partitions that are led here. */
export const writeTxnMarkers = handle(WriteTxnMarkers, '1-2', async ({ markers }, { broker, turns }) => {
  // All of them are begun before any is waited for.
  const begun = await turns.map(markers, (marker) => written(broker, marker, turns))
  const results = await turns.map(begun, (writes) => Promise.all(writes.map(({ result }) => result)))
  const byProducer = new Map<bigint, Result[]>()
  markers.forEach(({ producerId }, i) => {
    const ofProducer = byProducer.get(producerId) ?? []
    for (const result of results[i]!) ofProducer.push(result)
    byProducer.set(producerId, ofProducer)
  })
  return {
    markers: [...byProducer].map(([producerId, ofProducer]) => ({ producerId, topics: topicsOf(ofProducer) })),
  }
})

function written(broker: Broker, marker: Marker, turns: OwnTurns) {
  const { producerId, producerEpoch, coordinatorEpoch, transactionResult: isCommit, transactionVersion } = marker
  const end = { producerId, producerEpoch, coordinatorEpoch, isCommit, isVersion2: transactionVersion >= 2 }
  const asked = marker.topics.flatMap(({ name: topic, partitionIndexes }) =>
    partitionIndexes.map((partition) => ({ topic, partition })),
  )
  const write = async ({ topic, partition }: Place): Promise<Result> => {
    return { topic, partition, errorCode: await writeMarker(broker, topic, partition, end) }
  }
  return turns.map(asked, (place) => ({ result: write(place) }))
}

/** Of several answers for one partition the last counts. */
function topicsOf(results: readonly Result[]) {
  const codeOf = new Map(results.map(({ topic, partition, errorCode }) => [`${topic} ${partition}`, errorCode]))
  return byTopic(results).map(([name, indexes]) => ({
    name,
    partitions: [...new Set(indexes)].map((partitionIndex) => ({
      partitionIndex,
      errorCode: codeOf.get(`${name} ${partitionIndex}`)!,
    })),
  }))
}
