import { orStopped } from '../../base/or-stopped.js'
import { ErrorCode } from '../../protocol/errors.js'
import type { ClusterClient } from '../cluster-client.js'
import { ClientError, KafkaError } from '../kafka-error.js'
import type { TopicLeaders } from '../topic-leaders.js'

/** Waits until `leaders` knows the topic. Null then; otherwise why a record for it cannot be sent. */
export async function awaitTopic(
  client: ClusterClient,
  leaders: TopicLeaders,
  topic: string,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<Error | null> {
  const endsAtMs = client.clock.monotonicMs() + timeoutMs
  const leftMs = (): number => endsAtMs - client.clock.monotonicMs()
  while (leaders.topic(topic) === null) {
    if (stop.aborted) return new ClientError('Producer closed while send in progress')
    if (leftMs() <= 0) return notPresent(topic, timeoutMs, leaders.issue(topic))
    const failure = await orStopped(refresh(leaders, topic, leftMs()), stop)
    if (failure !== null) return failure
    if (leaders.topic(topic) === null) await orStopped(pause(client, leftMs()), stop)
  }
  return null
}

/** An error is returned if waiting longer is no use. */
async function refresh(leaders: TopicLeaders, topic: string, timeoutMs: number): Promise<Error | null> {
  try {
    await leaders.refresh([topic], timeoutMs)
  } catch (error) {
    const isOver = error instanceof KafkaError && error.code === ErrorCode.REQUEST_TIMED_OUT
    return isOver || !(error instanceof Error) ? null : error
  }
  const issue = leaders.issue(topic)
  if (issue === ErrorCode.INVALID_TOPIC_EXCEPTION) return new KafkaError(issue, `Invalid topics: [${topic}]`)
  if (issue === ErrorCode.TOPIC_AUTHORIZATION_FAILED) {
    return new KafkaError(issue, `Not authorized to access topics: [${topic}]`)
  }
  return null
}

function notPresent(topic: string, timeoutMs: number, issue: ErrorCode): KafkaError {
  const error = new KafkaError(
    ErrorCode.REQUEST_TIMED_OUT,
    `Topic ${topic} not present in metadata after ${timeoutMs} ms.`,
  )
  if (issue !== ErrorCode.NONE) error.cause = new KafkaError(issue)
  return error
}

async function pause(client: ClusterClient, leftMs: number): Promise<null> {
  const delayMs = Math.max(0, Math.min(client.config.retryBackoffMs, leftMs))
  await new Promise<void>((resolve) => client.clock.after(delayMs, resolve))
  return null
}
