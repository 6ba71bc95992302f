import { clusterOf } from '../cluster-of.js'
import { verb } from '../verb.js'

/** Cuts the network between one broker of the cluster and others. */
export const cutBroker = verb(
  'cluster.cut',
  (given) => ({ id: given.count('id'), others: given.counts('others'), isForced: given.flag('isForced') }),
  async (broker, { id, others, isForced }): Promise<null> =>
    clusterOf(broker)
      .cut(id, others, isForced)
      .then(() => null),
)
