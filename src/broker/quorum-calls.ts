import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { METADATA_TOPIC } from '../cluster/topic-names.js'
import { ErrorCode } from '../protocol/errors.js'
import { BeginQuorumEpoch } from '../protocol/messages/begin-quorum-epoch.js'
import { EndQuorumEpoch } from '../protocol/messages/end-quorum-epoch.js'
import { Vote } from '../protocol/messages/vote.js'
import type { BeginEpochRequest, EndEpochRequest } from '../quorum/epochs.js'
import type { QuorumAnswer, VoteAnswer, VoteRequest } from '../quorum/vote.js'
import type { QuorumCalls } from './metadata-quorum.js'
import type { OtherBrokers } from './other-brokers.js'
import type { OtherCluster } from './other-cluster.js'

const VOTE_VERSION = 2
const EPOCH_VERSION = 1

interface Told {
  readonly errorCode: ErrorCode
  readonly topics: readonly {
    readonly partitions: readonly {
      readonly errorCode: ErrorCode
      readonly leaderId: number
      readonly leaderEpoch: number
    }[]
  }[]
}

/** What voters ask of one another, as Kafka's requests. */
export class WireQuorumCalls implements QuorumCalls {
  constructor(
    readonly clusterId: Uuid,
    readonly controllers: OtherBrokers,
    readonly otherCluster: OtherCluster,
  ) {}

  async vote(to: number, request: VoteRequest): Promise<VoteAnswer> {
    const { candidate, epoch, lastEpoch, lastOffset, isPreVote } = request
    const partition = {
      partitionIndex: 0,
      replicaEpoch: epoch,
      replicaId: candidate,
      lastOffsetEpoch: lastEpoch,
      lastOffset,
      preVote: isPreVote,
    }
    const { clusterId } = this
    const topics = [{ topicName: METADATA_TOPIC, partitions: [partition] }]
    const response = await this.controllers.call(to, Vote, VOTE_VERSION, { clusterId, voterId: to, topics })
    return { ...this.#answerOf(to, response), isGranted: response.topics[0]?.partitions[0]?.voteGranted ?? false }
  }

  async beginEpoch(to: number, { leaderId, epoch }: BeginEpochRequest): Promise<QuorumAnswer> {
    const partitions = [{ partitionIndex: 0, leaderId, leaderEpoch: epoch }]
    const response = await this.controllers.call(to, BeginQuorumEpoch, EPOCH_VERSION, {
      clusterId: this.clusterId,
      voterId: to,
      topics: [{ topicName: METADATA_TOPIC, partitions }],
      leaderEndpoints: [],
    })
    return this.#answerOf(to, response)
  }

  async endEpoch(to: number, { leaderId, epoch, preferredSuccessors }: EndEpochRequest): Promise<QuorumAnswer> {
    const partition = {
      partitionIndex: 0,
      leaderId,
      leaderEpoch: epoch,
      preferredCandidates: preferredSuccessors.map((candidateId) => ({ candidateId, candidateDirectoryId: ZERO_UUID })),
    }
    const response = await this.controllers.call(to, EndQuorumEpoch, EPOCH_VERSION, {
      clusterId: this.clusterId,
      topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }],
      leaderEndpoints: [],
    })
    return this.#answerOf(to, response)
  }

  #answerOf(from: number, told: Told): QuorumAnswer {
    this.otherCluster.answered(from, told.errorCode)
    return answerOf(told)
  }
}

function answerOf({ errorCode, topics }: Told): QuorumAnswer {
  const partition = topics[0]?.partitions[0]
  if (errorCode !== ErrorCode.NONE || partition === undefined) return { errorCode, leaderId: -1, epoch: -1 }
  return { errorCode: partition.errorCode, leaderId: partition.leaderId, epoch: partition.leaderEpoch }
}
