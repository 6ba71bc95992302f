import { replaceFile } from '../storage/atomic-file.js'
import type { Disk } from '../storage/disk.js'

const QUORUM_STATE_FILE = 'quorum-state'

/** What a member of the metadata quorum must not forget: the latest epoch, whom it took for its leader, and who had its vote. */
export interface QuorumState {
  /** -1 where none was known. */
  readonly leaderId: number
  readonly leaderEpoch: number
  /** -1 where it has not voted in that epoch. */
  readonly votedId: number
  readonly voters: readonly number[]
}

/** Null where there is none, or none that can be read: the log tells the epoch then. */
export function readQuorumState(disk: Disk, directory: string): QuorumState | null {
  const bytes = disk.readFile(`${directory}/${QUORUM_STATE_FILE}`)
  if (bytes === null) return null
  try {
    const state = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
    const { leaderId, leaderEpoch, votedId, currentVoters } = state
    const voters = Array.isArray(currentVoters) ? (currentVoters as { voterId: number }[]) : []
    if (!Number.isInteger(leaderEpoch)) return null
    return {
      leaderId: Number(leaderId ?? -1),
      leaderEpoch: Number(leaderEpoch),
      votedId: Number(votedId ?? -1),
      voters: voters.map(({ voterId }) => voterId),
    }
  } catch {
    return null
  }
}

/** In the layout of a quorum whose voters are configured (`data_version` 0). Durable when this returns. */
export function writeQuorumState(disk: Disk, directory: string, quorum: QuorumState): void {
  const { leaderId, leaderEpoch, votedId, voters } = quorum
  const state = {
    clusterId: '',
    leaderId,
    leaderEpoch,
    votedId,
    appliedOffset: 0,
    currentVoters: voters.map((voterId) => ({ voterId })),
    data_version: 0,
  }
  replaceFile(disk, `${directory}/${QUORUM_STATE_FILE}`, Buffer.from(JSON.stringify(state)), true)
}
