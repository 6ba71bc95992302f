import { ZERO_UUID } from '../../bytes/uuid.js'
import type { Quorum, QuorumReplica } from '../../client/quorum.js'
import { number, orNull, type RowIn, rows, shape, text, texts } from '../data/shape.js'
import { endpointText, leaderOf, membersOf, slowestOf } from './report.js'

const DIRECTORY = orNull(text('id of its metadata directory; null where it is not told'))
const MEMBER = {
  id: number('of the node'),
  directoryId: DIRECTORY,
  endpoints: texts('where it is, such as CONTROLLER://localhost:9093'),
}

export const QUORUM_STATUS = shape(
  'describe --status',
  {
    clusterId: orNull(text('null for a broker too old to say')),
    leaderId: number('the active controller'),
    leaderEpoch: number('grows with every election'),
    highWatermark: number('end of what most voters have'),
    maxFollowerLag: number('records that the last of the voters is behind'),
    maxFollowerLagTimeMs: orNull(number('how long it has been behind; null where the leader does not know')),
    voters: rows('those who elect the leader', MEMBER),
    observers: rows('those who follow it only', MEMBER),
  },
  { isSingle: true },
)

export const QUORUM_REPLICATION = shape(
  'describe --replication',
  {
    nodeId: number('of the member'),
    directoryId: DIRECTORY,
    logEndOffset: number('how much of the metadata it has'),
    lag: number('records that it is behind the leader'),
    lastFetchTimestamp: orNull(number('milliseconds since 1970; null for never')),
    lastCaughtUpTimestamp: orNull(number('milliseconds since 1970; null for never')),
    status: text('Leader, Follower or Observer'),
  },
  { columns: ['nodeId', 'logEndOffset', 'lag', 'lastFetchTimestamp', 'lastCaughtUpTimestamp', 'status'] },
)

export function statusRow(quorum: Quorum, clusterId: string | null): RowIn<typeof QUORUM_STATUS> {
  const { leaderId, leaderEpoch, highWatermark, endpoints } = quorum
  const { lag, lagMs } = slowestOf(quorum)
  const member = ({ id, directoryId }: QuorumReplica): RowIn<typeof QUORUM_STATUS>['voters'][number] => ({
    id,
    directoryId: known(directoryId),
    endpoints: (endpoints.get(id) ?? []).map(endpointText),
  })
  return {
    clusterId,
    leaderId,
    leaderEpoch,
    highWatermark,
    maxFollowerLag: lag,
    maxFollowerLagTimeMs: lagMs,
    voters: quorum.voters.map(member),
    observers: quorum.observers.map(member),
  }
}

export function replicaRows(quorum: Quorum): RowIn<typeof QUORUM_REPLICATION>[] {
  const end = leaderOf(quorum).logEndOffset
  return membersOf(quorum).map(({ replica, status }) => ({
    nodeId: replica.id,
    directoryId: known(replica.directoryId),
    logEndOffset: replica.logEndOffset,
    lag: end - replica.logEndOffset,
    lastFetchTimestamp: replica.lastFetchMs,
    lastCaughtUpTimestamp: replica.lastCaughtUpMs,
    status,
  }))
}

function known(directoryId: string): string | null {
  return directoryId === ZERO_UUID ? null : directoryId
}
