import { ZERO_UUID } from '../../bytes/uuid.js'
import type { ErrorCode } from '../../protocol/errors.js'
import { Fetch } from '../../protocol/messages/fetch.js'
import type { BrokerConnection } from '../broker-connection.js'
import { throwIfError } from '../kafka-error.js'
import type { LedTopic } from '../topic-leaders.js'
import { byTopic, type TopicPartition } from '../topic-partition.js'
import type { ConsumerConfig } from './config.js'

export interface Wanted extends TopicPartition {
  readonly fromOffset: number
}

export interface Fetched extends Wanted {
  readonly errorCode: ErrorCode
  readonly bytes: Buffer
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[]
}

/** The newest version that names topics; from the next one on topics have ids. */
const FETCH_BY_NAME = 12
const READ_COMMITTED = 1
/** What the broker may take longer than it was told to wait. */
const SLACK_MS = 30_000

/** One fetch, without a session: partitions of which there is nothing new are left out of the result or empty. */
export async function fetch(
  connection: BrokerConnection,
  wanted: readonly Wanted[],
  config: ConsumerConfig,
  topicOf: (name: string) => LedTopic,
): Promise<Fetched[]> {
  const hasIds = wanted.every(({ topic }) => topicOf(topic).topicId !== ZERO_UUID)
  const topics = [...byTopic(wanted)].map(([topic, partitions]) => ({
    topic,
    topicId: topicOf(topic).topicId,
    partitions: partitions.map(({ partition, fromOffset }) => ({
      partition,
      fetchOffset: fromOffset,
      partitionMaxBytes: config.partitionBytesMax,
    })),
  }))
  const request = {
    maxWaitMs: config.fetchWaitMs,
    minBytes: config.fetchBytesMin,
    maxBytes: config.fetchBytesMax,
    isolationLevel: config.isReadCommitted ? READ_COMMITTED : 0,
    topics,
  }
  const options = { timeoutMs: config.fetchWaitMs + SLACK_MS, ...(hasIds ? {} : { newest: FETCH_BY_NAME }) }
  const response = await connection.call(Fetch, request, options)
  throwIfError(response.errorCode)
  const isNamed = (connection.version(Fetch, options.newest) ?? 0) <= FETCH_BY_NAME
  return response.responses.flatMap((answer) => {
    const asked = topics.find(({ topic, topicId }) => (isNamed ? topic === answer.topic : topicId === answer.topicId))
    return answer.partitions.flatMap(({ partitionIndex, errorCode, records, abortedTransactions }) => {
      const mine = wanted.find(({ topic, partition }) => topic === asked?.topic && partition === partitionIndex)
      if (mine === undefined) return []
      return [{ ...mine, errorCode, bytes: records ?? NOTHING, aborted: abortedTransactions ?? [] }]
    })
  })
}

const NOTHING = Buffer.alloc(0)
