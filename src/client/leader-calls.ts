import { ErrorCode, isRetriable } from '../protocol/errors.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { CallTimeout, KafkaError } from './kafka-error.js'
import { byTopic, partitionName, type TopicPartition } from './topic-partition.js'

/** A call that goes to the leader of each partition. */
export interface LeaderCall<Item extends TopicPartition, Result> {
  /** What Kafka calls it, e.g. `deleteRecords`; part of the messages about time running out. */
  readonly name: string
  /** What Kafka calls its request, e.g. `DELETE_RECORDS`. */
  readonly api: string
  /** Answers by `topic-partition`. */
  ask(attempt: Attempt, items: readonly Item[]): Promise<Map<string, Result | KafkaError>>
}

const PAUSE_MS = 100

/**
 * Makes `call` for every item, and again where the trouble may pass, until time is up. What cannot be had for one partition
 * keeps nothing from the others: by `topic-partition` the result, or what was in its way.
 */
export async function callLeaders<Item extends TopicPartition, Result>(
  client: ClusterClient,
  items: readonly Item[],
  call: LeaderCall<Item, Result>,
  timeoutMs: number = client.config.apiTimeoutMs,
): Promise<Map<string, Result | KafkaError>> {
  const endsAtMs = client.clock.monotonicMs() + timeoutMs
  const leftMs = (): number => endsAtMs - client.clock.monotonicMs()
  const settled = new Map<string, Result | KafkaError>()
  let open = [...items]
  for (let tries = 1; open.length > 0; tries++) {
    const leaders = await leadersOf(client, open, call.name, leftMs())
    if (leaders instanceof KafkaError) return settleAll(settled, open, leaders)
    const answers = await Promise.all(
      [...byLeader(open, leaders)].map(([leader, mine]) => askOne(client, leader, mine, call, leftMs())),
    )
    for (const [name, answer] of answers.flatMap((answer) => [...answer])) {
      if (!mayPass(answer)) settled.set(name, answer)
    }
    open = open.filter((item) => !settled.has(partitionName(item)))
    if (open.length === 0) break
    if (leftMs() <= 0) return settleAll(settled, open, timedOut(client, call.name, endsAtMs, tries))
    await new Promise<void>((resolve) => client.clock.after(Math.min(PAUSE_MS, leftMs()), resolve))
  }
  return settled
}

async function askOne<Item extends TopicPartition, Result>(
  client: ClusterClient,
  leader: number,
  items: readonly Item[],
  call: LeaderCall<Item, Result>,
  timeoutMs: number,
): Promise<Map<string, Result | KafkaError>> {
  try {
    const name = `${call.name}(api=${call.api})`
    return await client.run(name, { broker: leader }, (attempt) => call.ask(attempt, items), Math.max(1, timeoutMs))
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return settleAll(new Map(), items, error)
  }
}

/** Leaders by `topic-partition`; a partition without one, or not known at all, is left out. An error when nobody answers. */
async function leadersOf(
  client: ClusterClient,
  partitions: readonly TopicPartition[],
  callName: string,
  timeoutMs: number,
): Promise<Map<string, number> | KafkaError> {
  const act = async ({ connection, timeoutMs }: Attempt): Promise<Map<string, number>> => {
    const topics = [...byTopic(partitions).keys()].map((name) => ({ name }))
    const response = await connection.call(Metadata, { topics, allowAutoTopicCreation: false }, { timeoutMs })
    client.noteMetadata(response)
    return new Map(
      response.topics.flatMap(({ name, partitions }) =>
        partitions
          .filter(({ leaderId }) => leaderId >= 0)
          .map(({ partitionIndex, leaderId }) => [
            partitionName({ topic: name ?? '', partition: partitionIndex }),
            leaderId,
          ]),
      ),
    )
  }
  try {
    return await client.run(`${callName}(api=METADATA)`, 'any', act, Math.max(1, timeoutMs))
  } catch (error) {
    if (error instanceof KafkaError) return error
    throw error
  }
}

function byLeader<Item extends TopicPartition>(
  items: readonly Item[],
  leaders: ReadonlyMap<string, number>,
): Map<number, Item[]> {
  const groups = new Map<number, Item[]>()
  for (const item of items) {
    const leader = leaders.get(partitionName(item))
    if (leader === undefined) continue
    const group = groups.get(leader)
    if (group === undefined) groups.set(leader, [item])
    else group.push(item)
  }
  return groups
}

function settleAll<Result>(
  settled: Map<string, Result | KafkaError>,
  items: readonly TopicPartition[],
  error: KafkaError,
): Map<string, Result | KafkaError> {
  for (const item of items) settled.set(partitionName(item), error)
  return settled
}

/** A leader that has moved, or a topic that a broker has not heard of yet. */
function mayPass(answer: unknown): boolean {
  if (!(answer instanceof KafkaError) || answer instanceof CallTimeout) return false
  return isRetriable(answer.code) || answer.code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}

/** Worded as by Kafka's client for a partition whose leader it went on looking for. */
function timedOut(client: ClusterClient, name: string, endsAtMs: number, tries: number): CallTimeout {
  const now = client.clock.now()
  const deadlineMs = Math.round(now + endsAtMs - client.clock.monotonicMs())
  const state = `callName=${name}(api=METADATA), deadlineMs=${deadlineMs}, tries=${tries}, nextAllowedTryMs=${now}`
  return new CallTimeout(`Call(${state}) timed out at ${now} after ${tries} attempt(s)`)
}
