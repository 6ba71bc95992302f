import { UserError } from '../../base/user-error.js'
import type { SnapshotInfo } from '../../storage/snapshot-store.js'
import { verb } from '../verb.js'

/** Copies the whole broker, or all of a cluster, as it is at this moment. */
export const saveSnapshot = verb(
  'snapshot.save',
  (given) => ({ name: given.text('name') }),
  async ({ snapshots, cluster }, { name }): Promise<SnapshotInfo> => {
    if (snapshots !== null) return snapshots.store.save(name, snapshots.origin(), snapshots.parts())
    if (cluster === null) throw new UserError('this broker has no home that snapshots could be kept in')
    throw new UserError(
      'brokers that have processes of their own cannot be copied as of one moment while they run',
      `Stop them for it: klog broker stop && klog snap save ${name} && klog broker start --processes`,
    )
  },
)
