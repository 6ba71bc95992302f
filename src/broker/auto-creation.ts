import { isInternalTopic } from '../cluster/topic-names.js'
import { ErrorCode } from '../protocol/errors.js'
import { topicNameProblem } from '../protocol/topic-name.js'
import { forwardFor } from './forwarding-for.js'
import type { RequestContext } from './handler.js'
import { mutationCharge } from './mutation-charge.js'

/**
 * Creates topics that a client asked about, with the broker's defaults. It is there when this returns, so that clients need not
 * ask again.
 * @returns why a topic was not created, by its name.
 */
export async function createMissingTopics(
  context: RequestContext,
  names: readonly string[],
): Promise<Map<string, ErrorCode>> {
  const { broker } = context
  const legal = names.filter((name) => topicNameProblem(name) === null)
  for (const name of legal) {
    if (name === '__consumer_offsets' || name === '__transaction_state')
      await broker.controllerClient.createInternalTopic(name)
  }
  const plain = legal.filter((name) => !isInternalTopic(name))
  if (plain.length === 0) return new Map()
  const topics = plain.map((name) => ({ name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] }))
  const response = await broker.controllerClient.createTopics(
    { topics, timeoutMs: 0, validateOnly: false },
    mutationCharge(context, true),
    (...asked) => forwardFor(context, ...asked),
  )
  const refused = new Map<string, ErrorCode>()
  for (const { name, errorCode } of response.topics) {
    // Somebody else may have been quicker: then the topic is there, which is what was wanted.
    if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS)
      refused.set(name, shown(errorCode))
  }
  return refused
}

/** Metadata says no more than that the topic is not there, unless its name is at fault. */
function shown(errorCode: ErrorCode): ErrorCode {
  const told: readonly ErrorCode[] = [ErrorCode.INVALID_TOPIC_EXCEPTION, ErrorCode.INVALID_REPLICATION_FACTOR]
  return told.includes(errorCode) ? errorCode : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}
