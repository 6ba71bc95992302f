import { deleteGroup } from '../../group/deletion.js'
import type { ErrorCode } from '../../protocol/errors.js'
import { DeleteGroups } from '../../protocol/messages/delete-groups.js'
import { handle } from '../handler.js'

/** Groups without members go, with their offsets. */
export const deleteGroups = handle(DeleteGroups, '0-2', async ({ groupsNames }, { broker, turns }) => {
  const names = [...new Set(groupsNames)]
  // All of them are begun before any is waited for.
  const deletions = await turns.map(names, (groupId) => ({
    errorCode: broker.groups.ask<ErrorCode>(
      groupId,
      (turn, asker) => deleteGroup(turn, { asker, groupId }),
      (error) => error,
    ),
  }))
  const results = await turns.map(deletions, async ({ errorCode }, at) => ({
    groupId: names[at]!,
    errorCode: await errorCode,
  }))
  return { results }
})
