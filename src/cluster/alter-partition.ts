import { ErrorCode } from '../protocol/errors.js'
import type { AlterPartition } from '../protocol/messages/alter-partition.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { isActive } from './assignment.js'
import type { ControllerSettings, Decision } from './decision.js'
import { isReachable } from './directories.js'
import type { PartitionImage, TopicImage } from './image.js'
import { RECOVERED, RECOVERING } from './leader-state.js'
import type { MetadataImage } from './metadata-image.js'
import { changePartition } from './partition-change.js'
import type { RecordOf } from './records.js'
import { changedPartition } from './topic-records.js'

export type AlterPartitionRequest = ReadRequest<typeof AlterPartition>
type Response = WriteResponse<typeof AlterPartition>
type AskedPartition = AlterPartitionRequest['topics'][number]['partitions'][number]
type PartitionResult = Response['topics'][number]['partitions'][number]
type Rules = Pick<ControllerSettings, 'minInsyncReplicas' | 'isUncleanElectionEnabled'>

/** A leader proposes who is in sync (KIP-497). The partition epoch that it knows must be the latest. */
export function alterPartition(image: MetadataImage, request: AlterPartitionRequest, rules: Rules): Decision<Response> {
  const { brokerId, brokerEpoch } = request
  if (image.brokers.get(brokerId)?.epoch !== brokerEpoch)
    return { records: [], response: { errorCode: ErrorCode.STALE_BROKER_EPOCH, topics: [] } }
  const records: RecordOf<'PartitionChange'>[] = []
  const topics = request.topics.map(({ topicId, partitions }) => ({
    topicId,
    partitions: partitions.map((asked): PartitionResult => {
      const topic = image.topicById(topicId)
      if (topic === null) return refused(asked, ErrorCode.UNKNOWN_TOPIC_ID)
      const before = topic.partitions[asked.partitionIndex]
      if (before === undefined) return refused(asked, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
      const error = proposalError(image, before, brokerId, asked)
      if (error !== ErrorCode.NONE) return refused(asked, error)
      const change = changeFor(image, topic, asked, rules)
      if (change !== null) records.push(change)
      return answer(asked, before, change, brokerId)
    }),
  }))
  return { records, response: { errorCode: ErrorCode.NONE, topics } }
}

function changeFor(
  image: MetadataImage,
  topic: TopicImage,
  asked: AskedPartition,
  rules: Rules,
): RecordOf<'PartitionChange'> | null {
  const { partitionIndex: partitionId, leaderRecoveryState } = asked
  const target = { isr: isrOf(asked), leaderRecoveryState }
  const partition = topic.partitions[partitionId]!
  return changePartition(partition, target, {
    image,
    topicId: topic.id,
    partitionId,
    election: rules.isUncleanElectionEnabled(image, topic.name) ? 'UNCLEAN' : 'ONLINE',
    canLead: (broker) => isActive(image, broker) && isReachable(image, partition, broker),
    minInsyncReplicas: rules.minInsyncReplicas(image, topic.name),
  })
}

/** Older brokers give ids alone. */
function isrOf({ newIsr, newIsrWithEpochs }: AskedPartition): number[] {
  return newIsrWithEpochs.length > 0 ? newIsrWithEpochs.map(({ brokerId }) => brokerId) : newIsr
}

function proposalError(image: MetadataImage, before: PartitionImage, sender: number, asked: AskedPartition): ErrorCode {
  if (asked.leaderEpoch > before.leaderEpoch || asked.partitionEpoch > before.partitionEpoch)
    return ErrorCode.NOT_CONTROLLER
  if (asked.leaderEpoch < before.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH
  if (sender !== before.leader) return ErrorCode.INVALID_REQUEST
  if (asked.partitionEpoch < before.partitionEpoch) return ErrorCode.INVALID_UPDATE_VERSION
  const isr = isrOf(asked)
  const isValid = isr.length > 0 && isr.every((broker) => before.replicas.includes(broker))
  if (!isValid || new Set(isr).size < isr.length || !isr.includes(before.leader)) return ErrorCode.INVALID_REQUEST
  const { leaderRecoveryState } = asked
  if (leaderRecoveryState === RECOVERING && (isr.length > 1 || before.leaderRecoveryState === RECOVERED))
    return ErrorCode.INVALID_REQUEST
  const isEligible = (broker: number, epoch: number): boolean =>
    isActive(image, broker) && (epoch < 0 || image.brokers.get(broker)?.epoch === epoch)
  const epochs = new Map(asked.newIsrWithEpochs.map(({ brokerId, brokerEpoch }) => [brokerId, brokerEpoch]))
  return isr.every((broker) => isEligible(broker, epochs.get(broker) ?? -1))
    ? ErrorCode.NONE
    : ErrorCode.INELIGIBLE_REPLICA
}

/** The partition as it will be; where a finished reassignment makes somebody else the leader, the sender only hears that. */
function answer(
  asked: AskedPartition,
  before: PartitionImage,
  change: RecordOf<'PartitionChange'> | null,
  sender: number,
): PartitionResult {
  const after = change === null ? before : changedPartition(before, change)
  if (after.leader !== sender) return refused(asked, ErrorCode.NEW_LEADER_ELECTED)
  return {
    partitionIndex: asked.partitionIndex,
    errorCode: ErrorCode.NONE,
    leaderId: after.leader,
    leaderEpoch: after.leaderEpoch,
    isr: after.isr,
    leaderRecoveryState: after.leaderRecoveryState,
    partitionEpoch: after.partitionEpoch,
  }
}

function refused({ partitionIndex }: AskedPartition, errorCode: ErrorCode): PartitionResult {
  return { partitionIndex, errorCode, leaderId: 0, leaderEpoch: 0, isr: [], partitionEpoch: 0 }
}
