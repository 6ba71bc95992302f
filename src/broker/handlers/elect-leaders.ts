import { type Refusal, refusal } from '../../cluster/decision.js'
import { ErrorCode } from '../../protocol/errors.js'
import { ElectLeaders } from '../../protocol/messages/elect-leaders.js'
import { handle } from '../handler.js'

/** Elects leaders of partitions, or of all that need one. */
export const electLeaders = handle(ElectLeaders, '0-2', async (request, { broker }) => {
  // Kafka's controller does not begin what is too late already.
  const elected =
    request.timeoutMs > 0 ? await broker.controller.electLeaders(request) : refusal(ErrorCode.REQUEST_TIMED_OUT, null)
  if (!('errorCode' in elected)) return { errorCode: ErrorCode.NONE, replicaElectionResults: elected }
  return { errorCode: elected.errorCode, replicaElectionResults: refuseAll(request.topicPartitions ?? [], elected) }
})

function refuseAll(asked: readonly { readonly topic: string; readonly partitions: readonly number[] }[], why: Refusal) {
  return asked.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map((partitionId) => ({ partitionId, ...why })),
  }))
}
