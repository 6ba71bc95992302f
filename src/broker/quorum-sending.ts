import type { QuorumRequest } from '../quorum/effects.js'
import { type BeginEpochRequest, beginEpochAnswered, type EndEpochRequest } from '../quorum/epochs.js'
import type { Turn } from '../quorum/quorum.js'
import { updateVoterAnswered } from '../quorum/standing.js'
import { type QuorumAnswer, type VoteAnswer, type VoteRequest, voteAnswered } from '../quorum/vote.js'
import type { VoterVersions } from '../quorum/voter-changes.js'
import type { ReplicaKey, Voter } from '../quorum/voter-set.js'

/** How requests to other controllers get there, and what comes back. */
export interface QuorumCalls {
  vote(to: ReplicaKey, request: VoteRequest): Promise<VoteAnswer>
  beginEpoch(to: ReplicaKey, request: BeginEpochRequest, leader: Voter): Promise<QuorumAnswer>
  endEpoch(to: ReplicaKey, request: EndEpochRequest, leader: Voter): Promise<QuorumAnswer>
  updateVoter(to: ReplicaKey, epoch: number, voter: Voter): Promise<QuorumAnswer>
  addVoter(to: ReplicaKey, voter: Voter): Promise<void>
  removeVoter(to: ReplicaKey, voter: ReplicaKey): Promise<void>
  /** Which levels of `kraft.version` can it run at? */
  versionsOf(voter: Omit<Voter, 'kraftVersions'>): Promise<VoterVersions>
}

/** @returns what the answer is to the quorum. Rejects where there is none. */
export async function sendQuorumRequest(
  calls: QuorumCalls,
  self: Voter,
  to: ReplicaKey,
  request: QuorumRequest,
): Promise<(turn: Turn) => void> {
  switch (request.type) {
    case 'vote': {
      const answer = await calls.vote(to, { candidate: self, voter: to, ...request })
      return (turn) => voteAnswered(turn, to.id, request, answer)
    }
    case 'begin epoch': {
      const answer = await calls.beginEpoch(to, { leaderId: self.id, voter: to, epoch: request.epoch }, self)
      return (turn) => beginEpochAnswered(turn, to.id, answer)
    }
    case 'update voter': {
      const answer = await calls.updateVoter(to, request.epoch, request.voter)
      return (turn) => updateVoterAnswered(turn, to.id, answer)
    }
    case 'end epoch':
      await calls.endEpoch(to, { leaderId: self.id, ...request }, self)
      return () => {}
    case 'add voter':
      await calls.addVoter(to, request.voter)
      return () => {}
    case 'remove voter':
      await calls.removeVoter(to, request.voter)
      return () => {}
  }
}
