import { clusterOf } from '../cluster-of.js'
import { verb } from '../verb.js'

/** Has a broker that was paused go on. */
export const resumeBroker = verb(
  'cluster.resume',
  (given) => ({ id: given.count('id') }),
  async (broker, { id }): Promise<null> =>
    clusterOf(broker)
      .resume(id)
      .then(() => null),
)
