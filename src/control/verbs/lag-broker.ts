import { clusterOf } from '../cluster-of.js'
import { verb } from '../verb.js'

/** Makes what one broker of the cluster fetches as a replica late. */
export const lagBroker = verb(
  'cluster.lag',
  (given) => ({ id: given.count('id'), lagMs: given.count('lagMs') }),
  async (broker, { id, lagMs }): Promise<null> =>
    clusterOf(broker)
      .lag(id, lagMs)
      .then(() => null),
)
