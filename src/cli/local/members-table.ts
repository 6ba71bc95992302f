import { formatDuration } from '../../base/duration.js'
import type { ClusterMember, ClusterStatus } from '../../control/controlled-cluster.js'

export function quorumLine({ leaderId, hasQuorum, members }: ClusterStatus): string {
  const voters = members.filter(({ isVoter }) => isVoter).length
  if (!hasQuorum) return `none: ${Math.floor(voters / 2) + 1} of ${voters} voters must reach one another`
  return leaderId === null ? 'electing' : `broker ${leaderId} leads`
}

/** The brokers of a cluster: how each stands, and what is wrong with it on purpose. */
export function membersTable(status: ClusterStatus): string {
  const hasProcesses = new Set(status.members.flatMap(({ pid }) => pid ?? [])).size > 1
  const head = ['BROKER', 'ADDRESS', ...(hasProcesses ? ['PID'] : []), 'STATE', 'QUORUM', 'FAULTS']
  const rows = status.members.map((member) => [
    String(member.id),
    `${member.host}:${member.port}`,
    ...(hasProcesses ? [String(member.pid ?? '-')] : []),
    member.reason === null ? member.standing : `${member.standing}: ${member.reason}`,
    member.id === status.leaderId ? 'leader' : member.isVoter ? 'voter' : 'observer',
    faultsOf(member),
  ])
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]!.length)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function faultsOf({ faults: { isPaused, lagMs, cutFrom } }: ClusterMember): string {
  const all = [
    ...(isPaused ? ['paused'] : []),
    ...(lagMs > 0 ? [`fetches ${formatDuration(lagMs)} late`] : []),
    ...(cutFrom.length > 0 ? [`cut from ${cutFrom.join(', ')}`] : []),
  ]
  return all.length === 0 ? '-' : all.join(', ')
}
