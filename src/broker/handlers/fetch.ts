import { Fetch } from '../../protocol/messages/fetch.js'
import { closestReplica, hasReplicaSelector } from '../closest-replica.js'
import type { FetchReader } from '../fetch-read.js'
import { FetchRun } from '../fetch-run.js'
import { handle } from '../handler.js'

/** Reads from the logs, waiting for more where there is less than the client asks for. */
export const fetch = handle(Fetch, '4-18', (request, context) => {
  const replicaId = request.replicaState.replicaId === -1 ? request.replicaId : request.replicaState.replicaId
  const { config, metadata, nodeId } = context.broker
  const { rackId } = request
  const maySend = replicaId < 0 && rackId !== '' && hasReplicaSelector(config)
  const reader: FetchReader = {
    replicaId,
    brokerEpoch: request.replicaState.replicaEpoch,
    isCommittedOnly: isCommittedOnly(request.isolationLevel),
    mayReadFollower: context.clientKnows('followerReads'),
    closerReplica: maySend
      ? (partition, fetchOffset) => closestReplica(partition, metadata.image, rackId, fetchOffset, nodeId)
      : null,
  }
  const plan = context.broker.fetchSessions.plan(request, context.clientKnows('topicIds'))
  if (plan.kind === 'refused') return { errorCode: plan.error, sessionId: 0, responses: [] }
  return new FetchRun(request, context, reader, plan).answer()
})

function isCommittedOnly(isolationLevel: number): boolean {
  if (isolationLevel === 0 || isolationLevel === 1) return isolationLevel === 1
  throw new Error(`There is no isolation level ${isolationLevel}`)
}
