import { clusterOf } from '../cluster-of.js'
import type { ClusterMember } from '../controlled-cluster.js'
import { verb } from '../verb.js'

/** Adds a broker to the cluster. */
export const addBroker = verb(
  'cluster.add',
  () => ({}),
  async (broker): Promise<ClusterMember> => clusterOf(broker).add(),
)
