import { refusal } from '../../cluster/decision.js'
import { ErrorCode } from '../../protocol/errors.js'
import { ElectLeaders } from '../../protocol/messages/elect-leaders.js'
import { handle } from '../handler.js'

/** Elects leaders of partitions, or of all that need one. */
export const electLeaders = handle(ElectLeaders, '0-2', async (request, { broker }) => {
  if (request.timeoutMs < 0) {
    const late = refusal(ErrorCode.REQUEST_TIMED_OUT)
    const asked = request.topicPartitions ?? []
    const replicaElectionResults = asked.map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, ...late })),
    }))
    return { errorCode: late.errorCode, replicaElectionResults }
  }
  const elected = await broker.controller.electLeaders(request)
  if (!('errorCode' in elected)) return { errorCode: ErrorCode.NONE, replicaElectionResults: elected }
  return { errorCode: elected.errorCode, replicaElectionResults: [] }
})
