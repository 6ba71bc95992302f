import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
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
  /** Of the voted one; the zero id where it is not known. */
  readonly votedDirectoryId: Uuid
  /** Who was configured as a voter; empty where the voters stand in the log. */
  readonly voters: readonly number[]
}

/** Null where there is none, or none that can be read: the log tells the epoch then. */
export function readQuorumState(disk: Disk, directory: string): QuorumState | null {
  const bytes = disk.readFile(`${directory}/${QUORUM_STATE_FILE}`)
  if (bytes === null) return null
  try {
    const state = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
    const { leaderId, leaderEpoch, votedId, votedDirectoryId, currentVoters } = state
    const voters = Array.isArray(currentVoters) ? (currentVoters as { voterId: number }[]) : []
    if (!Number.isInteger(leaderEpoch)) return null
    return {
      leaderId: Number(leaderId ?? -1),
      leaderEpoch: Number(leaderEpoch),
      votedId: Number(votedId ?? -1),
      votedDirectoryId: typeof votedDirectoryId === 'string' ? votedDirectoryId : ZERO_UUID,
      voters: voters.map(({ voterId }) => voterId),
    }
  } catch {
    return null
  }
}

/**
 * In the layout of a quorum whose voters are configured (`data_version` 0), or of one whose voters stand in the log (1), which then
 * are not repeated here. Durable when this returns.
 */
export function writeQuorumState(disk: Disk, directory: string, quorum: QuorumState, kraftVersion: number): void {
  const { leaderId, leaderEpoch, votedId, votedDirectoryId, voters } = quorum
  const currentVoters = voters.map((voterId) => ({ voterId }))
  const state =
    kraftVersion === 0
      ? { clusterId: '', leaderId, leaderEpoch, votedId, appliedOffset: 0, currentVoters, data_version: 0 }
      : { leaderId, leaderEpoch, votedId, votedDirectoryId, data_version: 1 }
  replaceFile(disk, `${directory}/${QUORUM_STATE_FILE}`, Buffer.from(JSON.stringify(state)), true)
}
