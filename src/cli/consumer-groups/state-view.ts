import type { GroupDescription } from '../../client/group-descriptions.js'
import { type Column, fitting, table } from '../columns.js'
import type { GroupsContext } from './context.js'
import { announce } from './describe.js'

const NOTHING = '-'

/** A table of one row for each group. */
export function describeStates(context: GroupsContext, groups: readonly GroupDescription[]): void {
  const isVerbose = context.options.has('verbose')
  for (const group of groups) {
    if (!announce(context, group, 1)) continue
    const { host, port, id } = group.coordinator
    const coordinator = `${host}:${port}  (${id})`
    const columns: Column[] = [
      fitting('GROUP', 15, [group.id]),
      fitting('COORDINATOR (ID)', 25, [coordinator]),
      { title: 'ASSIGNMENT-STRATEGY', width: 20 },
      { title: 'STATE', width: 20 },
      ...(isVerbose ? EPOCHS : []),
      { title: '#MEMBERS', width: null },
    ]
    const epochs = [group.epoch, group.targetAssignmentEpoch].map((epoch) => String(epoch ?? NOTHING))
    const cells = [
      group.id,
      coordinator,
      group.assignor || NOTHING,
      group.state,
      ...(isVerbose ? epochs : []),
      String(group.members.length),
    ]
    context.io.stdout.write(table(columns, [cells]))
  }
}

const EPOCHS: readonly Column[] = [
  { title: 'GROUP-EPOCH', width: 15 },
  { title: 'TARGET-ASSIGNMENT-EPOCH', width: 25 },
]
