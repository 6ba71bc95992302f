import { ErrorCode } from '../protocol/errors.js'
import type { ElectLeaders } from '../protocol/messages/elect-leaders.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { isActive } from './assignment.js'
import { type ControllerSettings, type Decision, type Refusal, refusal } from './decision.js'
import { isReachable } from './directories.js'
import { NO_LEADER } from './leader-state.js'
import type { MetadataImage } from './metadata-image.js'
import { changePartition } from './partition-change.js'
import type { MetadataRecord, RecordOf } from './records.js'

export type ElectLeadersRequest = ReadRequest<typeof ElectLeaders>
export type ElectionResults = WriteResponse<typeof ElectLeaders>['replicaElectionResults']
type PartitionResult = ElectionResults[number]['partitionResult'][number]
type Rules = Pick<ControllerSettings, 'minInsyncReplicas'>
type UncleanRules = Rules & Pick<ControllerSettings, 'isUncleanElectionEnabled'>

const PREFERRED = 0
const UNCLEAN = 1
/** What is elected at a time without being asked for; the rest has its turn the next time. */
const ELECTIONS_MAX = 1000

/** Elects leaders where asked to; partitions null is all of them: every topic is answered then, with the partitions that changed. */
export function electLeaders(
  image: MetadataImage,
  request: Pick<ElectLeadersRequest, 'electionType' | 'topicPartitions'>,
  rules: Rules,
): Decision<ElectionResults> | Refusal {
  const { electionType, topicPartitions } = request
  if (electionType !== PREFERRED && electionType !== UNCLEAN)
    return refusal(ErrorCode.INVALID_REQUEST, `Unknown election type ${electionType}`)
  const records: RecordOf<'PartitionChange'>[] = []
  const results: ElectionResults[number][] = []
  for (const { topic, partitions } of topicPartitions ?? everyPartition(image)) {
    const partitionResult = partitions.flatMap((partitionId): PartitionResult[] => {
      const elected = elect(image, topic, partitionId, electionType, rules)
      if ('type' in elected) {
        records.push(elected)
        return [{ partitionId, errorCode: ErrorCode.NONE, errorMessage: null }]
      }
      const isTold = topicPartitions !== null || elected.errorCode !== ErrorCode.ELECTION_NOT_NEEDED
      return isTold ? [{ partitionId, ...elected }] : []
    })
    results.push({ topic, partitionResult })
  }
  return { records, response: results }
}

/** Has the preferred replicas lead again where they can. */
export function electPreferredLeaders(image: MetadataImage, rules: Rules): readonly MetadataRecord[] {
  return electedWith(image, { electionType: PREFERRED, topicPartitions: null }, rules)
}

/** Has somebody lead where nobody does, at the price of what he lacks, in the topics that allow it. */
export function electUncleanLeaders(image: MetadataImage, rules: UncleanRules): readonly MetadataRecord[] {
  const topicPartitions = [...image.topics()].flatMap(({ name, partitions }) => {
    const leaderless = [...partitions.keys()].filter((index) => partitions[index]!.leader === NO_LEADER)
    const isAllowed = leaderless.length > 0 && rules.isUncleanElectionEnabled(image, name)
    return isAllowed ? [{ topic: name, partitions: leaderless }] : []
  })
  return electedWith(image, { electionType: UNCLEAN, topicPartitions }, rules)
}

function electedWith(
  image: MetadataImage,
  request: Pick<ElectLeadersRequest, 'electionType' | 'topicPartitions'>,
  rules: Rules,
): readonly MetadataRecord[] {
  const elected = electLeaders(image, request, rules)
  return 'errorCode' in elected ? [] : elected.records.slice(0, ELECTIONS_MAX)
}

function elect(
  image: MetadataImage,
  topicName: string,
  partitionId: number,
  electionType: number,
  rules: Rules,
): RecordOf<'PartitionChange'> | Refusal {
  const topic = image.topic(topicName)
  if (topic === null) return refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `No such topic as ${topicName}`)
  const partition = topic.partitions[partitionId]
  if (partition === undefined)
    return refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `No such partition as ${topicName}-${partitionId}`)
  const { leader, replicas } = partition
  const isNeeded = electionType === PREFERRED ? leader !== replicas[0] : leader === NO_LEADER
  if (!isNeeded) return refusal(ErrorCode.ELECTION_NOT_NEEDED)
  const change = changePartition(
    partition,
    {},
    {
      image,
      topicId: topic.id,
      partitionId,
      election: electionType === PREFERRED ? 'PREFERRED' : 'UNCLEAN',
      canLead: (broker) => isActive(image, broker) && isReachable(image, partition, broker),
      minInsyncReplicas: rules.minInsyncReplicas(image, topicName),
    },
  )
  if (change !== null) return change
  return refusal(
    electionType === PREFERRED ? ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE : ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
  )
}

function everyPartition(image: MetadataImage): { topic: string; partitions: number[] }[] {
  return [...image.topics()].map(({ name, partitions }) => ({ topic: name, partitions: [...partitions.keys()] }))
}
