import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { FetchSnapshot } from '../../protocol/messages/fetch-snapshot.js'
import { handle } from '../handler.js'
import { leaderEndpoints } from '../leader-endpoints.js'

/** A part of a snapshot of the metadata, for who is too far behind for the log (KIP-630). */
export const fetchSnapshot = handle(FetchSnapshot, '0-1', (request, context) => {
  const { metadata, clusterId } = context.broker
  if (request.clusterId !== null && request.clusterId !== clusterId)
    return { errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID, topics: [] }
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partition, currentLeaderEpoch, snapshotId, position }) => {
      const currentLeader = { leaderId: metadata.quorum.leaderId ?? -1, leaderEpoch: metadata.quorum.epoch }
      const part = { index: partition, snapshotId, currentLeader, size: 0, position, unalignedRecords: Buffer.alloc(0) }
      if (name !== METADATA_TOPIC || partition !== 0)
        return { ...part, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }
      const refused = metadata.quorum.leaderError(currentLeaderEpoch)
      if (refused !== ErrorCode.NONE) return { ...part, errorCode: refused }
      const bytes = metadata.readSnapshotFile(snapshotId)
      if (bytes === null) return { ...part, errorCode: ErrorCode.SNAPSHOT_NOT_FOUND }
      if (position < 0 || position >= bytes.length) return { ...part, errorCode: ErrorCode.POSITION_OUT_OF_RANGE }
      const unalignedRecords = bytes.subarray(position, position + Math.max(1, request.maxBytes))
      return { ...part, errorCode: ErrorCode.NONE, size: bytes.length, unalignedRecords }
    }),
  }))
  return { errorCode: ErrorCode.NONE, topics, nodeEndpoints: leaderEndpoints(context) }
})
