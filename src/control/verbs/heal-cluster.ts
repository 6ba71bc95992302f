import { clusterOf } from '../cluster-of.js'
import { verb } from '../verb.js'

/** Ends every cut between brokers of the cluster. */
export const healCluster = verb(
  'cluster.heal',
  () => ({}),
  async (broker): Promise<null> =>
    clusterOf(broker)
      .heal()
      .then(() => null),
)
