import type { ClusterStatus } from '../controlled-cluster.js'
import { verb } from '../verb.js'

/** How the brokers of the cluster stand; null where it is a single broker. */
export const readCluster = verb(
  'cluster.read',
  () => ({}),
  async ({ cluster }): Promise<ClusterStatus | null> => (cluster === null ? null : cluster.status()),
)
