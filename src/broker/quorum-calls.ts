import type { Uuid } from '../bytes/uuid.js'
import { KRAFT_VERSION_FEATURE } from '../cluster/features.js'
import { METADATA_TOPIC } from '../cluster/topic-names.js'
import { ErrorCode } from '../protocol/errors.js'
import { AddRaftVoter } from '../protocol/messages/add-raft-voter.js'
import { ApiVersions } from '../protocol/messages/api-versions.js'
import { BeginQuorumEpoch } from '../protocol/messages/begin-quorum-epoch.js'
import { EndQuorumEpoch } from '../protocol/messages/end-quorum-epoch.js'
import { RemoveRaftVoter } from '../protocol/messages/remove-raft-voter.js'
import { UpdateRaftVoter } from '../protocol/messages/update-raft-voter.js'
import { Vote } from '../protocol/messages/vote.js'
import type { BeginEpochRequest, EndEpochRequest } from '../quorum/epochs.js'
import type { QuorumAnswer, VoteAnswer, VoteRequest } from '../quorum/vote.js'
import type { VoterVersions } from '../quorum/voter-changes.js'
import type { ReplicaKey, Voter } from '../quorum/voter-set.js'
import type { ControllerAddresses } from './controller-addresses.js'
import type { OtherBrokers } from './other-brokers.js'
import type { OtherCluster } from './other-cluster.js'
import type { QuorumCalls } from './quorum-sending.js'
import type { NodeAddress } from './quorum-voters.js'

const VOTE_VERSION = 2
const EPOCH_VERSION = 1
const ADD_VOTER_VERSION = 1
const API_VERSIONS_VERSION = 4
const SOFTWARE = { clientSoftwareName: 'klog', clientSoftwareVersion: 'controller' }

interface Told {
  readonly errorCode: ErrorCode
  readonly topics: readonly {
    readonly partitions: readonly {
      readonly errorCode: ErrorCode
      readonly leaderId: number
      readonly leaderEpoch: number
    }[]
  }[]
  readonly nodeEndpoints: readonly ({ readonly nodeId: number } & NodeAddress)[]
}

export interface WireQuorumCallsOptions {
  readonly clusterId: Uuid
  readonly controllers: OtherBrokers
  readonly addresses: ControllerAddresses
  readonly otherCluster: OtherCluster
  /** How long a voter that is to be added may take. */
  readonly timeoutMs: () => number
}

/** What controllers ask of one another, as Kafka's requests. */
export class WireQuorumCalls implements QuorumCalls {
  constructor(readonly options: WireQuorumCallsOptions) {}

  async vote(to: ReplicaKey, request: VoteRequest): Promise<VoteAnswer> {
    const { candidate, epoch, lastEpoch, lastOffset, isPreVote } = request
    const partition = {
      partitionIndex: 0,
      replicaEpoch: epoch,
      replicaId: candidate.id,
      replicaDirectoryId: candidate.directoryId,
      voterDirectoryId: to.directoryId,
      lastOffsetEpoch: lastEpoch,
      lastOffset,
      preVote: isPreVote,
    }
    const { clusterId, controllers } = this.options
    const topics = [{ topicName: METADATA_TOPIC, partitions: [partition] }]
    const response = await controllers.call(to.id, Vote, VOTE_VERSION, { clusterId, voterId: to.id, topics })
    return { ...this.#answerOf(to, response), isGranted: response.topics[0]?.partitions[0]?.voteGranted ?? false }
  }

  async beginEpoch(to: ReplicaKey, { leaderId, epoch }: BeginEpochRequest, leader: Voter): Promise<QuorumAnswer> {
    const { clusterId, controllers } = this.options
    const partitions = [{ partitionIndex: 0, voterDirectoryId: to.directoryId, leaderId, leaderEpoch: epoch }]
    const response = await controllers.call(to.id, BeginQuorumEpoch, EPOCH_VERSION, {
      clusterId,
      voterId: to.id,
      topics: [{ topicName: METADATA_TOPIC, partitions }],
      leaderEndpoints: leader.endpoints,
    })
    return this.#answerOf(to, response)
  }

  async endEpoch(to: ReplicaKey, request: EndEpochRequest, leader: Voter): Promise<QuorumAnswer> {
    const { clusterId, controllers } = this.options
    const { leaderId, epoch, preferredSuccessors } = request
    const partition = {
      partitionIndex: 0,
      leaderId,
      leaderEpoch: epoch,
      preferredCandidates: preferredSuccessors.map(({ id, directoryId }) => ({
        candidateId: id,
        candidateDirectoryId: directoryId,
      })),
    }
    const response = await controllers.call(to.id, EndQuorumEpoch, EPOCH_VERSION, {
      clusterId,
      topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }],
      leaderEndpoints: leader.endpoints,
    })
    return this.#answerOf(to, response)
  }

  async updateVoter(to: ReplicaKey, epoch: number, voter: Voter): Promise<QuorumAnswer> {
    const { clusterId, controllers, addresses } = this.options
    const { min, max } = voter.kraftVersions
    const { errorCode, currentLeader } = await controllers.call(to.id, UpdateRaftVoter, 0, {
      clusterId,
      currentLeaderEpoch: epoch,
      ...wireVoter(voter),
      kRaftVersionFeature: { minSupportedVersion: min, maxSupportedVersion: max },
    })
    const { leaderId, leaderEpoch, host, port } = currentLeader
    if (host !== '') addresses.learnLeader(leaderId, [{ nodeId: leaderId, host, port }])
    return { errorCode, leaderId, epoch: leaderEpoch }
  }

  async addVoter(to: ReplicaKey, voter: Voter): Promise<void> {
    const { clusterId, controllers, timeoutMs } = this.options
    const request = { clusterId, timeoutMs: timeoutMs(), ...wireVoter(voter), ackWhenCommitted: false }
    await controllers.call(to.id, AddRaftVoter, ADD_VOTER_VERSION, request)
  }

  async removeVoter(to: ReplicaKey, { id, directoryId }: ReplicaKey): Promise<void> {
    const { clusterId, controllers } = this.options
    await controllers.call(to.id, RemoveRaftVoter, 0, { clusterId, voterId: id, voterDirectoryId: directoryId })
  }

  async versionsOf({ id, endpoints }: Omit<Voter, 'kraftVersions'>): Promise<VoterVersions> {
    const { controllers, addresses } = this.options
    addresses.learn(id, endpoints)
    const { errorCode, supportedFeatures } = await controllers.call(id, ApiVersions, API_VERSIONS_VERSION, SOFTWARE)
    const range = supportedFeatures.find(({ name }) => name === KRAFT_VERSION_FEATURE)
    return { errorCode, kraftVersions: range === undefined ? null : { min: range.minVersion, max: range.maxVersion } }
  }

  #answerOf(from: ReplicaKey, told: Told): QuorumAnswer {
    const { otherCluster, addresses } = this.options
    otherCluster.answered(from.id, told.errorCode)
    const answer = answerOf(told)
    addresses.learnLeader(answer.leaderId, told.nodeEndpoints)
    return answer
  }
}

function wireVoter({ id, directoryId, endpoints }: Voter) {
  return { voterId: id, voterDirectoryId: directoryId, listeners: endpoints }
}

function answerOf({ errorCode, topics }: Told): QuorumAnswer {
  const partition = topics[0]?.partitions[0]
  if (errorCode !== ErrorCode.NONE || partition === undefined) return { errorCode, leaderId: -1, epoch: -1 }
  return { errorCode: partition.errorCode, leaderId: partition.leaderId, epoch: partition.leaderEpoch }
}
