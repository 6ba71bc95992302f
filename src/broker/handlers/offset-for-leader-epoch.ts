import { ErrorCode } from '../../protocol/errors.js'
import { OffsetForLeaderEpoch } from '../../protocol/messages/offset-for-leader-epoch.js'
import type { Broker } from '../broker.js'
import { handle } from '../handler.js'
import { locateReplica } from '../locate.js'

interface Asked {
  readonly partition: number
  readonly currentLeaderEpoch: number
  readonly leaderEpoch: number
}

/** Where a leader epoch ended: by that, clients and followers find out how far their past is still true (KIP-101, KIP-320). */
export const offsetForLeaderEpoch = handle(OffsetForLeaderEpoch, '2-4', async ({ topics }, { broker, turns }) => ({
  topics: await turns.map(topics, async ({ topic, partitions }) => ({
    topic,
    partitions: await turns.map(partitions, (asked) => endOf(broker, topic, asked)),
  })),
}))

function endOf(broker: Broker, topic: string, { partition, currentLeaderEpoch, leaderEpoch }: Asked) {
  const replica = locateReplica(broker, topic, partition)
  if (typeof replica === 'number') return failed(partition, replica)
  const epochError = replica.checkLeaderEpoch(currentLeaderEpoch)
  if (epochError !== ErrorCode.NONE) return failed(partition, epochError)
  if (!replica.isLeader) return failed(partition, ErrorCode.NOT_LEADER_OR_FOLLOWER)
  const { epoch, endOffset } = replica.log.endOffsetForEpoch(leaderEpoch)
  return { partition, errorCode: ErrorCode.NONE, leaderEpoch: epoch, endOffset }
}

function failed(partition: number, errorCode: ErrorCode) {
  return { partition, errorCode, leaderEpoch: -1, endOffset: -1 }
}
