import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { BeginQuorumEpoch } from '../../protocol/messages/begin-quorum-epoch.js'
import { handle } from '../handler.js'
import { quorumError } from '../quorum-request.js'

/** A voter has been elected (KIP-595). */
export const beginQuorumEpoch = handle(BeginQuorumEpoch, '0-1', (request, { broker }) => {
  const errorCode = quorumError(broker, request)
  if (errorCode !== ErrorCode.NONE) return { errorCode, topics: [] }
  const { leaderId, leaderEpoch } = request.topics[0]!.partitions[0]!
  const answer = broker.metadata.quorum.beginEpoch({ leaderId, epoch: leaderEpoch })
  const partition = {
    partitionIndex: 0,
    errorCode: answer.errorCode,
    leaderId: answer.leaderId,
    leaderEpoch: answer.epoch,
  }
  return { errorCode: ErrorCode.NONE, topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }] }
})
