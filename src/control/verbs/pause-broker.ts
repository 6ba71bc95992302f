import { clusterOf } from '../cluster-of.js'
import { verb } from '../verb.js'

/** Has one broker of the cluster stand still. */
export const pauseBroker = verb(
  'cluster.pause',
  (given) => ({ id: given.count('id'), isForced: given.flag('isForced') }),
  async (broker, { id, isForced }): Promise<null> =>
    clusterOf(broker)
      .pause(id, isForced)
      .then(() => null),
)
