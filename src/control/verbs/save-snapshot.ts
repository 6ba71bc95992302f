import { UserError } from '../../base/user-error.js'
import type { SnapshotInfo } from '../../storage/snapshot-store.js'
import { verb } from '../verb.js'

/** Copies the whole broker as it is at this moment. */
export const saveSnapshot = verb(
  'snapshot.save',
  (given) => ({ name: given.text('name') }),
  async ({ snapshots, directories }, { name }): Promise<SnapshotInfo> => {
    if (snapshots === null) throw new UserError('this broker has no home that snapshots could be kept in')
    return snapshots.store.save(name, snapshots.origin(), directories)
  },
)
