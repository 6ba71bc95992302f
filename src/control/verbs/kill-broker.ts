import { clusterOf } from '../cluster-of.js'
import { verb } from '../verb.js'

/** Ends one broker of the cluster as a power cut would. */
export const killBroker = verb(
  'cluster.kill',
  (given) => ({ id: given.count('id'), isForced: given.flag('isForced') }),
  async (broker, { id, isForced }): Promise<null> =>
    clusterOf(broker)
      .kill(id, isForced)
      .then(() => null),
)
