import { clusterOf } from '../cluster-of.js'
import { verb } from '../verb.js'

/** Stops one broker of the cluster in order. */
export const stopBroker = verb(
  'cluster.stop',
  (given) => ({ id: given.count('id'), isForced: given.flag('isForced') }),
  async (broker, { id, isForced }): Promise<null> =>
    clusterOf(broker)
      .stop(id, isForced)
      .then(() => null),
)
