import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { describeProducers, describeProducersAt, type ProducerState } from '../../client/partition-producers.js'
import { describeTopics, type TopicDescription } from '../../client/topic-descriptions.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { listTopics } from '../../client/topics.js'
import {
  ALL_TRANSACTIONS,
  describeTransaction,
  listTransactions,
  type TransactionDescription,
} from '../../client/transactions.js'
import { ErrorCode } from '../../protocol/errors.js'
import { orFail } from './failure.js'

export interface HangingSearch {
  readonly broker: number | undefined
  readonly topic: string | undefined
  readonly partition: number | undefined
  readonly transactionMsMax: number
}

export interface OpenTransaction extends TopicPartition {
  readonly producer: ProducerState
}

const PARTITIONS_AT_ONCE = 500

/** Open transactions that no coordinator knows of: nobody will ever end them. */
export async function findHanging(
  client: ClusterClient,
  search: HangingSearch,
  now: number,
): Promise<OpenTransaction[]> {
  const candidates = await longOpen(client, search, await partitionsToSearch(client, search), now)
  if (candidates.length === 0) return []
  const ids = await transactionalIds(client, [...new Set(candidates.map(({ producer }) => producer.producerId))])
  const known = await describeAll(client, [...new Set(ids.values())])
  return candidates.filter((candidate) => {
    const description = known.get(ids.get(candidate.producer.producerId) ?? '')
    return description === undefined || !description.partitions.map(partitionName).includes(partitionName(candidate))
  })
}

async function partitionsToSearch(client: ClusterClient, search: HangingSearch): Promise<TopicPartition[]> {
  const { topic, partition, broker } = search
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }]
  const topics = topic === undefined ? await orFail('Failed to list topics', allTopics(client)) : [topic]
  const found = await orFail(`Failed to describe ${topics.length} topics`, describeEvery(client, topics))
  return found.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ replicas }) => broker === undefined || replicas.includes(broker))
      .map(({ index }) => ({ topic: name, partition: index })),
  )
}

async function allTopics(client: ClusterClient): Promise<string[]> {
  return (await listTopics(client)).map(({ name }) => name)
}

async function describeEvery(client: ClusterClient, names: readonly string[]): Promise<TopicDescription[]> {
  const described = [...(await describeTopics(client, names)).values()]
  return described.map((topic) => {
    if (topic instanceof KafkaError) throw topic
    return topic
  })
}

async function longOpen(
  client: ClusterClient,
  { broker, transactionMsMax }: HangingSearch,
  partitions: readonly TopicPartition[],
  now: number,
): Promise<OpenTransaction[]> {
  const open: OpenTransaction[] = []
  for (let at = 0; at < partitions.length; at += PARTITIONS_AT_ONCE) {
    const some = partitions.slice(at, at + PARTITIONS_AT_ONCE)
    const asked = broker === undefined ? describeProducers(client, some) : describeProducersAt(client, broker, some)
    const where = broker === undefined ? 'Optional.empty' : `Optional[${broker}]`
    const states = await orFail(`Failed to describe producers for ${some.length} partitions on broker ${where}`, asked)
    for (const partition of some) {
      for (const producer of states.get(partitionName(partition)) ?? []) {
        const isOld = now - producer.lastTimestamp > transactionMsMax
        if (producer.transactionStart !== null && isOld) open.push({ ...partition, producer })
      }
    }
  }
  return open
}

async function transactionalIds(client: ClusterClient, producerIds: readonly bigint[]): Promise<Map<bigint, string>> {
  const listing = listTransactions(client, { ...ALL_TRANSACTIONS, producerIds })
  const found = await orFail(`Failed to list transactions for ${producerIds.length} producers`, listing)
  return new Map(found.map(({ producerId, transactionalId }) => [producerId, transactionalId]))
}

async function describeAll(
  client: ClusterClient,
  ids: readonly string[],
): Promise<Map<string, TransactionDescription>> {
  const known = new Map<string, TransactionDescription>()
  for (const id of ids) {
    try {
      known.set(id, await describeTransaction(client, id))
    } catch (error) {
      if (!(error instanceof KafkaError) || error.code !== ErrorCode.TRANSACTIONAL_ID_NOT_FOUND) {
        await orFail(`Failed to describe ${ids.length} transactions`, Promise.reject(error))
      }
    }
  }
  return known
}
