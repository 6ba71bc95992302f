import { ErrorCode } from '../../src/protocol/errors.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import type { ScriptedBroker } from './scripted-broker.js'

/** What a fetch of one partition is answered with. */
export interface FetchAnswer {
  readonly errorCode?: ErrorCode
  readonly records?: Buffer
}

/** Makes the broker lead topic `t`, partition 0, from offset `start` to `end`, with what `answer` says of each fetch. */
export function leadTopic(
  broker: ScriptedBroker,
  log: { readonly start: number; readonly end: number; answer(fromOffset: number): FetchAnswer | 'close' | 'silence' },
): void {
  broker
    .on(Metadata, ({ topics }) => ({
      brokers: [{ nodeId: 0, host: '127.0.0.1', port: broker.port }],
      topics: (topics ?? [{ name: 't' }]).map(({ name }) => ({
        name,
        errorCode: name === 't' ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        partitions:
          name === 't' ? [{ errorCode: 0, partitionIndex: 0, leaderId: 0, replicaNodes: [0], isrNodes: [0] }] : [],
      })),
    }))
    .on(ListOffsets, ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, timestamp }) => ({
          partitionIndex,
          errorCode: 0,
          offset: timestamp === -2 ? log.start : timestamp === -1 ? log.end : -1,
        })),
      })),
    }))
    .on(Fetch, ({ topics }) => {
      const asked = topics[0]!.partitions[0]!
      const answer = log.answer(asked.fetchOffset)
      if (answer === 'close' || answer === 'silence') return answer
      const { errorCode = ErrorCode.NONE, records = Buffer.alloc(0) } = answer
      const partition = {
        partitionIndex: asked.partition,
        errorCode,
        highWatermark: log.end,
        abortedTransactions: null,
        records,
      }
      return { responses: [{ topic: topics[0]!.topic, topicId: topics[0]!.topicId, partitions: [partition] }] }
    })
}
