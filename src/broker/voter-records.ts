import type { Voter, VoterSet } from '../quorum/voter-set.js'
import type { KRaftControlRecord, KRaftVoter } from '../records/control.js'

/** What a log or a snapshot says of the voters: by which rules they go, and who they are. */
export function voterRecords(kraftVersion: number | null, voters: VoterSet | null): KRaftControlRecord[] {
  return [
    ...(kraftVersion === null ? [] : [{ type: 'KRAFT_VERSION', version: 0, kRaftVersion: kraftVersion } as const]),
    ...(voters === null ? [] : [{ type: 'KRAFT_VOTERS', version: 0, voters: voters.all.map(recorded) } as const]),
  ]
}

/** What begins a leader's epoch. */
export function leaderChangeRecord(
  leaderId: number,
  { voters, grantingVoters }: { readonly voters: readonly number[]; readonly grantingVoters: readonly number[] },
): KRaftControlRecord {
  const [all, granting] = [voters, grantingVoters].map((ids) => ids.map((voterId) => ({ voterId })))
  return { type: 'LEADER_CHANGE', version: 0, leaderId, voters: all!, grantingVoters: granting! }
}

function recorded({ id, directoryId, endpoints, kraftVersions: { min, max } }: Voter): KRaftVoter {
  return {
    voterId: id,
    voterDirectoryId: directoryId,
    endpoints,
    kRaftVersionFeature: { minSupportedVersion: min, maxSupportedVersion: max },
  }
}

export function voterOf({ voterId, voterDirectoryId, endpoints, kRaftVersionFeature }: KRaftVoter): Voter {
  const { minSupportedVersion: min, maxSupportedVersion: max } = kRaftVersionFeature
  return { id: voterId, directoryId: voterDirectoryId, endpoints, kraftVersions: { min, max } }
}
