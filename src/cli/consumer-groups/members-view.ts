import type { GroupDescription, MemberDescription } from '../../client/group-descriptions.js'
import { byTopic, type TopicPartition } from '../../client/topic-partition.js'
import { type Column, fitting, table } from '../columns.js'
import type { GroupsContext } from './context.js'
import { announce } from './describe.js'

const NOTHING = '-'

/** Who is in each group. The head of the table is printed even for a group without members. */
export function describeMembers(context: GroupsContext, groups: readonly GroupDescription[]): void {
  for (const group of groups) {
    const isFilled = announce(context, group, group.members.length)
    const cells = columnsOf(group, context.options.has('verbose'))
    const columns = cells.map(({ title, min, of }): Column => {
      return min !== null && isFilled ? fitting(title, min, group.members.map(of)) : { title, width: min }
    })
    const rows = group.members.map((member) => cells.map(({ of }) => of(member)))
    context.io.stdout.write(table(columns, rows))
  }
}

interface MemberColumn {
  readonly title: string
  /** Least width; null where nothing is padded. */
  readonly min: number | null
  readonly of: (member: MemberDescription) => string
}

/** Kafka puts a blank at the end of the short rows, and none at the end of the long ones. */
const END: MemberColumn = { title: '', min: null, of: () => '' }

function columnsOf(group: GroupDescription, isVerbose: boolean): MemberColumn[] {
  const { members } = group
  const instance: MemberColumn = { title: 'GROUP-INSTANCE-ID', min: 17, of: ({ instanceId }) => instanceId ?? '' }
  const isMixed = members.some(({ isUpgraded }) => isUpgraded === true) && members.some((m) => m.isUpgraded === false)
  const epochs: MemberColumn[] = [
    { title: 'CURRENT-EPOCH', min: 15, of: ({ epoch }) => String(epoch ?? NOTHING) },
    { title: 'CURRENT-ASSIGNMENT', min: 20, of: ({ assignment }) => assignmentText(assignment) },
    { title: 'TARGET-EPOCH', min: 15, of: () => String(group.targetAssignmentEpoch ?? NOTHING) },
    { title: 'TARGET-ASSIGNMENT', min: 20, of: ({ targetAssignment }) => assignmentText(targetAssignment ?? []) },
  ]
  const upgraded: MemberColumn = { title: 'UPGRADED', min: null, of: (m) => String(m.isUpgraded ?? '') }
  return [
    { title: 'GROUP', min: 15, of: () => group.id },
    { title: 'CONSUMER-ID', min: 15, of: ({ id }) => id },
    ...(members.some(({ instanceId }) => instanceId !== null) ? [instance] : []),
    { title: 'HOST', min: 15, of: ({ host }) => host },
    { title: 'CLIENT-ID', min: 15, of: ({ clientId }) => clientId },
    { title: '#PARTITIONS', min: 15, of: ({ assignment }) => String(assignment.length) },
    ...(isVerbose ? epochs : [END]),
    ...(isVerbose && isMixed ? [upgraded] : []),
  ]
}

/** `topic:0,1;other:2`. */
function assignmentText(partitions: readonly TopicPartition[]): string {
  if (partitions.length === 0) return NOTHING
  return [...byTopic(partitions)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([topic, items]) => `${topic}:${items.map(({ partition }) => partition).sort((a, b) => a - b)}`)
    .join(';')
}
