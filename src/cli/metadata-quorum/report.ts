import { ZERO_UUID } from '../../bytes/uuid.js'
import type { ListenerEndpoint, Quorum, QuorumReplica } from '../../client/quorum.js'
import { JavaError } from '../java-error.js'
import { tabTable } from '../tab-table.js'

/** Leader, voters, and how far behind the last of them is. */
export function statusText(quorum: Quorum, clusterId: string): string {
  const { lag, lagMs } = slowestOf(quorum)
  const lines: readonly (readonly [string, string | number])[] = [
    ['ClusterId:', clusterId],
    ['LeaderId:', quorum.leaderId],
    ['LeaderEpoch:', quorum.leaderEpoch],
    ['HighWatermark:', quorum.highWatermark],
    ['MaxFollowerLag:', lag],
    ['MaxFollowerLagTimeMs:', lagMs ?? -1],
    ['CurrentVoters:', members(quorum, quorum.voters)],
    ['CurrentObservers:', members(quorum, quorum.observers)],
  ]
  return lines.map(([name, value]) => `${name.padEnd(24)}${value}\n`).join('')
}

/** How far the last of the voters is behind the leader. @param lagMs null where the leader does not know. */
export function slowestOf(quorum: Quorum): { readonly lag: number; readonly lagMs: number | null } {
  const leader = leaderOf(quorum)
  const least = Math.min(...quorum.voters.map(({ logEndOffset }) => logEndOffset))
  const slowest = quorum.voters.find(({ logEndOffset }) => logEndOffset === least)!
  return { lag: leader.logEndOffset - least, lagMs: lagMsOf(leader, slowest) }
}

function lagMsOf(leader: QuorumReplica, slowest: QuorumReplica): number | null {
  if (leader === slowest) return 0
  if (leader.lastCaughtUpMs === null || slowest.lastCaughtUpMs === null) return null
  return leader.lastCaughtUpMs - slowest.lastCaughtUpMs
}

/** Looks like JSON, with spaces that JSON need not have. */
function members({ endpoints }: Quorum, replicas: readonly QuorumReplica[]): string {
  const texts = replicas.map(({ id, directoryId }) => {
    const directory = directoryId === ZERO_UUID ? [] : [`"directoryId": "${directoryId}"`]
    const addresses = (endpoints.get(id) ?? []).map((endpoint) => `"${endpointText(endpoint)}"`)
    const listed = addresses.length === 0 ? [] : [`"endpoints": [${addresses.join(', ')}]`]
    return `{${[`"id": ${id}`, ...directory, ...listed].join(', ')}}`
  })
  return `[${texts.join(', ')}]`
}

/** An IPv6 address stands in brackets. */
export function endpointText({ listener, host, port }: ListenerEndpoint): string {
  return `${listener}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** A row for each member: the leader, the other voters, the observers. @param now null for times as they are. */
export function replicationText(quorum: Quorum, now: number | null): string {
  const leader = leaderOf(quorum)
  const row = ({ replica, status }: Member): string[] => [
    String(replica.id),
    replica.directoryId,
    String(replica.logEndOffset),
    String(leader.logEndOffset - replica.logEndOffset),
    timeText(replica.lastFetchMs, 'last fetch', now),
    timeText(replica.lastCaughtUpMs, 'last caught up', now),
    status,
  ]
  return tabTable(
    ['NodeId', 'DirectoryId', 'LogEndOffset', 'Lag', 'LastFetchTimestamp', 'LastCaughtUpTimestamp', 'Status'],
    membersOf(quorum).map(row),
  )
}

export interface Member {
  readonly replica: QuorumReplica
  readonly status: 'Leader' | 'Follower' | 'Observer'
}

/** The leader, the other voters, the observers. */
export function membersOf(quorum: Quorum): Member[] {
  const leader = leaderOf(quorum)
  const followers = quorum.voters.filter((voter) => voter !== leader)
  return [
    { replica: leader, status: 'Leader' },
    ...followers.map((replica) => ({ replica, status: 'Follower' }) as const),
    ...quorum.observers.map((replica) => ({ replica, status: 'Observer' }) as const),
  ]
}

function timeText(atMs: number | null, what: string, now: number | null): string {
  if (atMs === null) return '-1'
  if (now === null) return String(atMs)
  if (atMs <= now) return `${now - atMs} ms ago`
  throw new JavaError(
    'org.apache.kafka.common.KafkaException',
    `Error while computing relative time, possible drift in system clock.\nCurrent timestamp is ${now}, ${what} timestamp is ${atMs}`,
  )
}

export function leaderOf({ voters, leaderId }: Quorum): QuorumReplica {
  const leader = voters.find(({ id }) => id === leaderId)
  if (leader !== undefined) return leader
  throw new JavaError('java.util.NoSuchElementException', 'No value present')
}
