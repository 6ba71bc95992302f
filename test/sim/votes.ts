import type { Vote } from '../../src/protocol/messages/vote.js'
import type { ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import type { Machine } from './machine.js'

export type AskedVote = WriteRequest<typeof Vote>
export type AnsweredVote = ReadResponse<typeof Vote>

const QUORUM_STATE = '/data/__cluster_metadata-0/quorum-state'

/** Who has voted for whom in the quorum, as candidates heard it: a vote is given once in an epoch, and is written down before that. */
export class Votes {
  /** By voter and epoch. */
  readonly #candidates = new Map<string, number>()

  /** What is wrong with an answer to a candidate, if anything is. */
  problemOf(voter: Machine, request: AskedVote, answer: AnsweredVote): string | null {
    const asked = request.topics[0]?.partitions[0]
    const isGiven = answer.topics[0]?.partitions[0]?.voteGranted === true
    if (asked === undefined || !isGiven || asked.preVote === true) return null
    const { replicaId: candidate, replicaEpoch: epoch } = asked
    const key = `${voter.name} ${epoch}`
    const before = this.#candidates.get(key) ?? candidate
    this.#candidates.set(key, candidate)
    if (before !== candidate) return `${voter.name} has voted for ${before} and for ${candidate} in epoch ${epoch}`
    const bytes = voter.disk.contents().get(QUORUM_STATE)
    if (bytes === undefined) return `${voter.name} has voted for ${candidate}, and has nothing written down`
    const { votedId, leaderEpoch } = JSON.parse(bytes.toString()) as { votedId: number; leaderEpoch: number }
    const isKept = leaderEpoch > epoch || (leaderEpoch === epoch && votedId === candidate)
    return isKept ? null : `${voter.name} has voted for ${candidate} in epoch ${epoch}, and remembers ${bytes}`
  }
}
