import { deleteGroup } from '../../group/deletion.js'
import type { ErrorCode } from '../../protocol/errors.js'
import { DeleteGroups } from '../../protocol/messages/delete-groups.js'
import { handle } from '../handler.js'

/** Groups without members go, with their offsets. */
export const deleteGroups = handle(DeleteGroups, '0-2', async ({ groupsNames }, { broker }) => ({
  results: await Promise.all(
    [...new Set(groupsNames)].map(async (groupId) => ({
      groupId,
      errorCode: await broker.groups.ask<ErrorCode>(
        groupId,
        (turn, asker) => deleteGroup(turn, { asker, groupId }),
        (error) => error,
      ),
    })),
  ),
}))
