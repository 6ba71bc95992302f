import { UserError } from '../../base/user-error.js'
import type { QuorumView } from '../controlled.js'
import { verb } from '../verb.js'

/** What one broker knows of the quorum; for whoever keeps the brokers of a cluster in processes of their own. */
export const readNode = verb(
  'node.read',
  () => ({}),
  async ({ node }): Promise<QuorumView> => {
    if (node === null) throw new UserError('these are several brokers')
    return node.quorum()
  },
)
