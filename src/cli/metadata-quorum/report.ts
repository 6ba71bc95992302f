import { ZERO_UUID } from '../../bytes/uuid.js'
import type { ListenerEndpoint, Quorum, QuorumReplica } from '../../client/quorum.js'
import { JavaError } from '../java-error.js'
import { tabTable } from '../tab-table.js'

/** Leader, voters, and how far behind the last of them is. */
export function statusText(quorum: Quorum, clusterId: string): string {
  const leader = leaderOf(quorum)
  const least = Math.min(...quorum.voters.map(({ logEndOffset }) => logEndOffset))
  const slowest = quorum.voters.find(({ logEndOffset }) => logEndOffset === least)!
  const lines: readonly (readonly [string, string | number])[] = [
    ['ClusterId:', clusterId],
    ['LeaderId:', quorum.leaderId],
    ['LeaderEpoch:', quorum.leaderEpoch],
    ['HighWatermark:', quorum.highWatermark],
    ['MaxFollowerLag:', leader.logEndOffset - least],
    ['MaxFollowerLagTimeMs:', lagMs(leader, slowest)],
    ['CurrentVoters:', members(quorum, quorum.voters)],
    ['CurrentObservers:', members(quorum, quorum.observers)],
  ]
  return lines.map(([name, value]) => `${name.padEnd(24)}${value}\n`).join('')
}

function lagMs(leader: QuorumReplica, slowest: QuorumReplica): number {
  if (leader === slowest) return 0
  if (leader.lastCaughtUpMs === null || slowest.lastCaughtUpMs === null) return -1
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
  const followers = quorum.voters.filter((voter) => voter !== leader)
  const row = (replica: QuorumReplica, status: string): string[] => [
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
    [
      row(leader, 'Leader'),
      ...followers.map((replica) => row(replica, 'Follower')),
      ...quorum.observers.map((replica) => row(replica, 'Observer')),
    ],
  )
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

function leaderOf({ voters, leaderId }: Quorum): QuorumReplica {
  const leader = voters.find(({ id }) => id === leaderId)
  if (leader !== undefined) return leader
  throw new JavaError('java.util.NoSuchElementException', 'No value present')
}
