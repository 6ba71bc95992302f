import { UserError } from '../../base/user-error.js'
import { verb } from '../verb.js'

/** What is wrong with one broker from now on; for whoever keeps the brokers of a cluster in processes of their own. */
export const setFaults = verb(
  'node.faults',
  (given) => ({
    isPaused: given.flag('isPaused'),
    lagMs: given.count('lagMs'),
    cutFrom: given.counts('cutFrom'),
    goesWithAll: given.flag('goesWithAll'),
  }),
  async ({ node }, { goesWithAll, ...faults }): Promise<null> => {
    if (node === null) throw new UserError('these are several brokers')
    if (goesWithAll) node.goWithAll()
    node.setFaults(faults)
    return null
  },
)
