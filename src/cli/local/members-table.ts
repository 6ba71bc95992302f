import { formatDuration } from '../../base/duration.js'
import type { ClusterMember, ClusterStatus } from '../../control/controlled-cluster.js'
import { shape, text } from '../data/shape.js'
import { tableText } from '../data/table-text.js'

export function quorumLine({ leaderId, hasQuorum, members }: ClusterStatus): string {
  const voters = members.filter(({ isVoter }) => isVoter).length
  if (!hasQuorum) return `none: ${Math.floor(voters / 2) + 1} of ${voters} voters must reach one another`
  return leaderId === null ? 'electing' : `broker ${leaderId} leads`
}

const MEMBERS = shape('', {
  broker: text('its id'),
  address: text('where its clients come'),
  pid: text('its process'),
  state: text('how it stands, and why'),
  quorum: text('its part in the metadata quorum'),
  faults: text('what is wrong with it on purpose'),
})

/** The brokers of a cluster: how each stands, and what is wrong with it on purpose. @param width of the terminal; null for lines of any length. */
export function membersTable(status: ClusterStatus, width: number | null): string {
  const hasProcesses = new Set(status.members.flatMap(({ pid }) => pid ?? [])).size > 1
  const rows = status.members.map((member) => ({
    broker: String(member.id),
    address: `${member.host}:${member.port}`,
    pid: member.pid === null ? null : String(member.pid),
    state: member.reason === null ? member.standing : `${member.standing}: ${member.reason}`,
    quorum: member.id === status.leaderId ? 'leader' : member.isVoter ? 'voter' : 'observer',
    faults: faultsOf(member),
  }))
  const columns = ['broker', 'address', ...(hasProcesses ? ['pid'] : []), 'state', 'quorum', 'faults']
  return tableText({ ...MEMBERS, table: { columns, expands: null } }, rows, { hasColour: false, width }).trimEnd()
}

function faultsOf({ faults: { isPaused, lagMs, cutFrom } }: ClusterMember): string {
  const all = [
    ...(isPaused ? ['paused'] : []),
    ...(lagMs > 0 ? [`fetches ${formatDuration(lagMs)} late`] : []),
    ...(cutFrom.length > 0 ? [`cut from ${cutFrom.join(', ')}`] : []),
  ]
  return all.length === 0 ? '-' : all.join(', ')
}
