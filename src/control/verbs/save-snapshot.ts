import { UserError } from '../../base/user-error.js'
import type { SnapshotInfo } from '../../storage/snapshot-store.js'
import { verb } from '../verb.js'

/** Copies the whole broker as it is at this moment. */
export const saveSnapshot = verb(
  'snapshot.save',
  (given) => ({ name: given.text('name') }),
  async ({ snapshots, directories, cluster }, { name }): Promise<SnapshotInfo> => {
    if (cluster !== null) throw new UserError('snapshots are of a single broker, and this is a cluster')
    if (snapshots === null) throw new UserError('this broker has no home that snapshots could be kept in')
    return snapshots.store.save(name, snapshots.origin(), directories)
  },
)
