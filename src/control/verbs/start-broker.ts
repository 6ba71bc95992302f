import { clusterOf } from '../cluster-of.js'
import type { ClusterMember } from '../controlled-cluster.js'
import { verb } from '../verb.js'

/** Brings back one broker of the cluster. */
export const startBroker = verb(
  'cluster.start',
  (given) => ({ id: given.count('id') }),
  async (broker, { id }): Promise<ClusterMember> => clusterOf(broker).start(id),
)
